/** A person's way through the console, in a real browser. The tests continue where the one before them ended. */
import type { KeyferryClient } from '@keyferry/client'
import { representatives, type Emulator } from '@keyferry/core/emulators'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { ACCOUNT, IN_ORDER, firstRun, oneConsole, signIn } from './console.ts'
import { gone, pageObject, see } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'
import { fieldsOf, fillFields, readFields, secretValues, wrongCredentials, type Destination } from './vendor-forms.ts'
import { isInDocument } from './browser-monitor.ts'

/** In every value, so that one look finds any of them. */
const CANARY = 'canary'
const LIMIT = { timeout: 60_000 }
const names = [...(await representatives()).keys()]

describe.skipIf(whyNoBrowser !== null)(suiteName('the console'), IN_ORDER, () => {
  const all = oneConsole()
  let page: Page
  let client: KeyferryClient
  let screens: Screens
  let place: { projectId: string; environment: string; secretPath: string }
  /** What the folder holds, and so what every target has to. */
  const values = new Map<string, string>()
  const { button, row, dialog, alert, fact, go, tabTo } = pageObject(() => page)

  beforeAll(async () => {
    page = all().page
    screens = await openScreens(page, 'screens-walk')
    all().seen.keepSecret(CANARY)
  })

  const vendor = (name: string): Emulator => {
    const emulator = all().vendors.get(name)
    if (!emulator) throw new Error(`no emulator of ${name}`)
    return emulator
  }
  const described = async (name: string): Promise<Destination> => {
    const destination = (await client.destinations.list.query()).find((each) => each.name === name)
    if (!destination) throw new Error(`no destination ${name}`)
    return destination
  }
  const reached = (name: string): Promise<void> => expect.poll(() => vendor(name).contents(), LIMIT).toEqual(values)

  it('makes the first account, with the code that was printed, and goes on to the first project', async () => {
    all().seen.expectRefusal('instance.me')
    await page.goto('/')
    await page.getByLabel('Setup code').fill('0000-0000-0000-0000')
    await page.getByLabel('Organization').fill(ACCOUNT.organization)
    await page.getByLabel('Your name').fill(ACCOUNT.name)
    await page.getByLabel('Email').fill(ACCOUNT.email)
    await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password)
    all().seen.expectRefusal('instance.bootstrap')
    await button('Create account').click()
    await see(alert('This is not the setup code'))
    await screens.keep('setup-code-refused')
    client = await firstRun(all())
    expect((await client.instance.me.query()).organization.name).toBe(ACCOUNT.organization)
    expect((await client.people.list.query()).map(({ name }) => name)).toEqual([ACCOUNT.name])

    await page.goto('/first-run')
    await see(page.getByRole('heading', { name: 'Create your first project' }))
    await button(ACCOUNT.email).click()
    await see(page.getByRole('menu').getByText(/^Keyferry \d+\.\d+/))
    await screens.keep('account-menu')
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await see(page.getByRole('heading', { name: 'Sign in' }))
  })

  it('keeps a wrong password out, and lets the right one in', async () => {
    all().seen.expectRefusal('/sign-in/email')
    await signIn(page, { ...ACCOUNT, password: `${ACCOUNT.password}?` })
    await see(alert('Wrong email or password'))
    await screens.keep('sign-in-refused')
    all().seen.expectRefusal('instance.me')
    await page.goto('/projects/new')
    await see(page.getByRole('heading', { name: 'Sign in' }))

    await signIn(page, ACCOUNT)
    await page.getByLabel('Project name').fill('Checkout')
    await button('Create project').click()
    await see(page.getByRole('heading', { name: 'Checkout' }))
    const [project] = await client.projects.list.query()
    const environment = project?.environments[0]?.slug
    if (project === undefined || environment === undefined) throw new Error('the project was not stored')
    place = { projectId: project.id, environment, secretPath: '/' }
  })

  const pasteDotenv = async (file: string): Promise<void> => {
    await button('Paste .env').click()
    await preview(file)
  }
  const preview = async (file: string): Promise<void> => {
    await page.getByLabel('File content').fill(file)
    await see(page.getByRole('heading', { name: 'Preview changes' }))
  }
  const previewed = (action: string): Promise<string[]> =>
    page
      .getByRole('table', { name: 'Preview changes' })
      .getByRole('row')
      .filter({ has: page.getByText(action, { exact: true }) })
      .getByRole('rowheader')
      .locator('> span > span:first-child')
      .allTextContents()

  it('shows what a pasted file would do before it is saved', async () => {
    await button('Add secrets').click()
    await button('Paste .env').click()
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'latin1.env', mimeType: 'text/plain', buffer: Buffer.from('PW=gr\u00fcn', 'latin1') })
    await see(page.getByText('latin1.env isn’t UTF-8 text'))
    await screens.keep('paste-not-text')
    await preview(`# by hand\nDATABASE_URL="postgres://${CANARY}-1"\nSTRIPE_KEY=${CANARY}-2\nLOG_LEVEL=${CANARY}-3\n`)
    expect(await previewed('Add')).toEqual(['DATABASE_URL', 'STRIPE_KEY', 'LOG_LEVEL'])
    await button('Save 3 secrets').click()
    await see(row('LOG_LEVEL'))

    await pasteDotenv(
      `DATABASE_URL="postgres://${CANARY}-1"\nSTRIPE_KEY=${CANARY}-22#x\nPEM="-----\n${CANARY}-4\n-----"\nnot a pair\n`,
    )
    expect(await previewed('Add')).toEqual(['PEM'])
    expect(await previewed('Change')).toEqual(['STRIPE_KEY'])
    expect(await previewed('Unchanged')).toEqual(['DATABASE_URL'])
    await see(page.getByRole('list', { name: 'Skipped' }).getByText('Line 6'))
    await see(row('STRIPE_KEY').getByText('Line 2: the value is cut at #, where dotenv and Node begin a comment'))
    await button('Reveal old STRIPE_KEY').click()
    await see(row('STRIPE_KEY').getByText(`${CANARY}-2`, { exact: true }))
    await button('Reveal new STRIPE_KEY').click()
    await see(row('STRIPE_KEY').getByText(`${CANARY}-22`, { exact: true }))
    await screens.keep('paste-revealed')
    await page.getByRole('checkbox', { name: 'Save PEM' }).click()
    await see(button('Save 1 secret'))
    await page.getByRole('checkbox', { name: 'Save PEM' }).click()
    expect((await client.secrets.rows.query(place)).rows).toHaveLength(3)
    await button('Save 2 secrets').click()
    await see(row('PEM'))
    await see(page.getByText('4 secrets', { exact: true }))
  })

  it('hides every value until it is revealed', async () => {
    expect(await isInDocument(page, CANARY)).toBe(false)
    await button('Reveal STRIPE_KEY').click()
    await see(row('STRIPE_KEY').getByText(`${CANARY}-22`))
    await button('Hide STRIPE_KEY').click()
    await see(button('Reveal STRIPE_KEY'))
    expect(await isInDocument(page, CANARY)).toBe(false)
  })

  it('edits in place, deletes after a question, and adds', async () => {
    await button('Edit DATABASE_URL').click()
    await page.getByLabel('New value of DATABASE_URL').fill(`${CANARY}-11`)
    await button('Save').click()
    await gone(page.getByLabel('New value of DATABASE_URL'))

    await button('More for LOG_LEVEL').click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await see(row('LOG_LEVEL'))
    await button('More for LOG_LEVEL').click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    // Nobody is faster: Undo is pressed as soon as it is there, while the dialog is still closing.
    const undone = page.evaluate(`new Promise((resolve) => {
      const seen = new MutationObserver(() => {
        const undo = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Undo')
        if (!undo) return
        seen.disconnect()
        undo.focus()
        undo.click()
        resolve()
      })
      seen.observe(document.body, { childList: true, subtree: true })
    })`)
    await dialog().getByRole('button', { name: 'Delete secret' }).click()
    await undone
    await expect
      .poll(() => client.secrets.get.query({ ...place, key: 'LOG_LEVEL' }).catch(() => null), { timeout: 20_000 })
      .toMatchObject({ value: `${CANARY}-3` })
    await see(row('LOG_LEVEL'))
    // The message is gone that had the focus, which is back at the row, or beside it if that went away meanwhile.
    await gone(button('Undo'))
    const focused = page.locator(':focus')
    await see(row('PEM').and(focused).or(row('LOG_LEVEL').locator(focused)))
    await button('More for LOG_LEVEL').click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await dialog().getByRole('button', { name: 'Delete secret' }).click()
    await gone(row('LOG_LEVEL'))

    await button('New secret').click()
    const form = page.getByRole('form', { name: 'Add a secret' })
    await form.getByLabel('Key').fill('REGION')
    await form.getByRole('textbox', { name: 'Value' }).fill(`${CANARY}-5`)
    await form.getByRole('button', { name: 'Add secret' }).click()
    await see(row('REGION'))

    for (const { key, value } of (await client.secrets.list.query(place)).secrets) values.set(key, value ?? '')
    expect(Object.fromEntries(values)).toEqual({
      DATABASE_URL: `${CANARY}-11`,
      PEM: `-----\n${CANARY}-4\n-----`,
      REGION: `${CANARY}-5`,
      STRIPE_KEY: `${CANARY}-22`,
    })
  })

  it('changes, rolls back, takes over, promotes and exports in two clicks each', async () => {
    const within = async (most: number, task: (click: (what: Locator) => Promise<void>) => Promise<void>) => {
      let clicks = 0
      await task(async (what) => {
        await what.click()
        clicks += 1
      })
      expect(clicks).toBeLessThanOrEqual(most)
    }
    const region = async (environment = place.environment) =>
      (await client.secrets.get.query({ ...place, environment, key: 'REGION' })).value

    await within(2, async (click) => {
      await click(button('Edit REGION'))
      await page.getByLabel('New value of REGION').fill(`${CANARY}-55`)
      await click(button('Save'))
      await gone(page.getByLabel('New value of REGION'))
    })
    expect(await region()).toBe(`${CANARY}-55`)
    await within(2, async (click) => {
      await click(button('More for REGION'))
      await click(page.getByRole('menuitem', { name: 'Restore previous version' }))
      await see(page.getByText('Restored version 1 of REGION.'))
    })
    expect(await region()).toBe(`${CANARY}-5`)
    await within(2, async (click) => {
      await click(button('Export'))
      const downloading = page.waitForEvent('download')
      await click(dialog().getByRole('button', { name: 'Download' }))
      expect((await downloading).suggestedFilename()).toBe(`${place.environment}.env`)
      await gone(dialog())
    })
    await within(2, async (click) => {
      await click(button('Paste .env'))
      await page.getByLabel('File content').fill(`TAKEN_OVER=${CANARY}-6`)
      await click(button('Save 1 secret'))
      await see(row('TAKEN_OVER'))
    })
    await within(2, async (click) => {
      await click(button('Compare'))
      await click(button('Copy REGION to staging'))
      await see(button('Reveal REGION in staging'))
    })
    expect(await region('staging')).toBe(`${CANARY}-5`)
    await client.secrets.delete.mutate({ ...place, key: 'TAKEN_OVER' })
    await client.secrets.delete.mutate({ ...place, environment: 'staging', key: 'REGION' })
  })

  describe.each(names)('%s', (name) => {
    it('refuses a wrong credential and stores the right one', async () => {
      const destination = await described(name)
      const { credentials } = vendor(name)
      const wrong = wrongCredentials(destination, credentials)
      all().seen.keepSecret(...secretValues(destination, credentials), ...secretValues(destination, wrong))
      await go('Connections')
      await button('Add connection').click()
      await page.getByRole('button', { name: destination.title }).click()
      await page.getByLabel('Connection name').fill(`${name}-walk`)
      await screens.keep(`${name}-connection`)
      await fillFields(page, fieldsOf(destination.connection), wrong)
      all().seen.expectRefusal('connections.create')
      await button('Create connection').click()
      await see(alert('not stored'))
      expect(await client.connections.list.query({ destination: name })).toEqual([])

      await fillFields(page, fieldsOf(destination.connection), credentials)
      await button('Create connection').click()
      await see(page.getByRole('heading', { name: `${name}-walk` }))
      await see(page.getByText('Used by no sync').last())
    })

    it('creates a sync in six clicks, keeps what was typed, and asks for the number of deletions', async () => {
      const destination = await described(name)
      const { title, notes } = destination
      const emulator = vendor(name)
      const fields = destination.target.fields.filter((field) => emulator.target[field.name] !== undefined)
      emulator.put('FOREIGN_ONE', 'theirs')
      emulator.put('FOREIGN_TWO', 'theirs')
      const [connection] = await client.connections.list.query({ destination: name })
      let clicks = 0
      const click = async (what: Locator): Promise<void> => {
        await what.click()
        clicks += 1
      }
      const target = page.getByRole('region', { name: 'Destination' })
      const plan = page.getByRole('region', { name: 'Plan' })
      const chosen = () => readFields(page, fields, emulator.target, target)

      await go('Syncs')
      await click(button('Add sync'))
      await click(page.getByRole('button', { name: `${title} Connected` }))
      await see(page.getByRole('heading', { name: `Add ${title} sync`, level: 1 }))
      await see(page.getByText(`${values.size} secrets`, { exact: true }))
      // The only connection is taken, and what it knows.
      const account = target.getByLabel(`${title} connection`)
      await expect.poll(() => account.getAttribute('data-value'), LIMIT).toBe(connection?.id)
      for (const { name: field, label } of fields) {
        const value = String(emulator.target[field])
        const options = target.getByRole('group', { name: `${label}: options` }).locator(`[data-choice="${value}"]`)
        const list = target.getByLabel(label, { exact: true })
        await expect.poll(() => list.getAttribute('aria-busy'), LIMIT).toBeNull()
        if ((await list.getAttribute('data-value')) === value) continue
        if (await options.isVisible()) await click(options)
        else {
          await click(list)
          await page.keyboard.type(value)
          await page
            .getByRole('option')
            .and(page.locator(`[data-choice="${value}"]`))
            .waitFor()
          await page.keyboard.press('Enter')
        }
      }
      await expect.poll(chosen, LIMIT).toEqual(emulator.target)
      const initial = page.getByRole('region', { name: 'Initial sync behavior' })
      await see(initial.getByText(notes.initialSync))
      if (notes.initialWarning !== null) await see(initial.getByText(notes.initialWarning))
      await see(plan.getByText('2 keys will be deleted'))
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toContain(name.split('-')[0])

      // A schema that is wrong is named at once, keeps the sync from being created, and is led to.
      const schema = page.getByLabel('Key schema')
      await schema.fill('APP_')
      await see(alert('{{secretKey}}'))
      await screens.keep(`${name}-wizard-incomplete`)
      expect(await button('Create sync').isEnabled()).toBe(false)
      await page.getByRole('status').getByRole('button').filter({ hasText: '{{secretKey}}' }).click()
      await expect.poll(() => page.evaluate<string>('document.activeElement.value')).toBe('APP_')
      await schema.fill('')

      await page.getByLabel('Name', { exact: true }).fill(`to-${name}`)
      await page.getByLabel('Description').fill('typed once')
      await page.reload()
      await see(page.getByRole('heading', { name: `Add ${title} sync`, level: 1 }))
      await expect.poll(chosen, LIMIT).toEqual(emulator.target)
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe(`to-${name}`)
      expect(await page.getByLabel('Description').inputValue()).toBe('typed once')

      await see(plan.getByText('2 keys will be deleted'))
      await see(plan.getByRole('listitem').filter({ hasText: 'FOREIGN_ONE' }))
      await see(plan.getByText(`${values.size} keys will be created`))
      await click(button('Create sync'))
      const understand = dialog().getByRole('button', { name: 'I Understand' })
      expect(await understand.isEnabled()).toBe(false)
      expect(await dialog().getByText('will be overwritten').count()).toBe(0)
      await dialog().getByLabel('Type 2 to confirm the deletions').fill('1')
      expect(await understand.isEnabled()).toBe(false)
      await dialog().getByLabel('Type 2 to confirm the deletions').fill('2')
      expect(emulator.contents().size).toBe(2)

      // Held until the run was seen, so that there is something to watch.
      const release = emulator.hold()
      await click(understand)
      expect(clicks).toBeLessThanOrEqual(6)
      await see(page.getByRole('progressbar', { name: 'Sync progress' }))
      await screens.keep(`${name}-first-run`)
      release()
      await see(fact(/^In sync/))
      await reached(name)
      for (const key of values.keys()) await see(row(key).getByText('In sync'))

      await go('Connections')
      await page
        .getByRole('listitem')
        .filter({ hasText: `${name}-walk` })
        .getByRole('link', { name: 'Used by 1 sync' })
        .click()
      await see(page.getByRole('heading', { name: `${name}-walk` }))
      await see(row(`to-${name}`).getByText('In sync'))
      await go('Syncs')
      const { targetUrl } = (await client.syncs.list.query(place)).find((sync) => sync.name === `to-${name}`) ?? {}
      if (!targetUrl) return
      await button(`More for to-${name}`).click()
      const open = page.getByRole('menuitem', { name: `Open in ${destination.title}` })
      expect(await open.getAttribute('href')).toBe(targetUrl)
      await page.keyboard.press('Escape')
    })
  })

  it('can be used without a mouse', async () => {
    await all().context.clearCookies()
    all().seen.expectRefusal('instance.me')
    await page.goto('/')
    await see(button('Sign in'))
    await tabTo(page.getByLabel('Email'))
    await page.keyboard.type(ACCOUNT.email)
    await tabTo(page.getByLabel('Password', { exact: true }))
    await page.keyboard.type(ACCOUNT.password)
    await page.keyboard.press('Enter')
    await see(page.getByRole('heading', { name: 'Checkout' }))
    // Set up as it is, a project begins with how it stands.
    await see(page.getByText(`${names.length} syncs, all healthy.`))
    await tabTo(page.getByRole('link', { name: 'In sync' }).first())
    await tabTo(button('List'))
    await page.keyboard.press('Enter')
    await see(page.getByRole('listitem').filter({ hasText: 'In sync' }).first())
    await screens.keep('map-as-list')

    await page.keyboard.press('Control+k')
    await see(page.getByRole('combobox'))
    await page.keyboard.type(`secrets of ${place.environment}`)
    await see(page.getByRole('option', { name: 'Secrets of', selected: true }))
    await page.keyboard.press('Enter')
    await see(row('REGION'))
    // A page that is opened without a load is announced.
    await see(page.getByText(`Page: ${place.environment}:/`))
    await tabTo(button('New secret'))
    await page.keyboard.press('Enter')
    const form = page.getByRole('form', { name: 'Add a secret' })
    await see(form.getByLabel('Key'))
    await page.keyboard.press('Escape')
    await see(button('New secret').and(page.locator(':focus')))
    await page.keyboard.press('Enter')
    await see(form.getByLabel('Key'))
    await tabTo(form.getByLabel('Key'))
    await page.keyboard.type('BY_KEYBOARD')
    await tabTo(form.getByRole('textbox', { name: 'Value' }))
    await page.keyboard.type(`${CANARY}-6`)
    await tabTo(form.getByRole('button', { name: 'Add secret' }))
    await page.keyboard.press('Enter')
    await see(row('BY_KEYBOARD'))
    values.set('BY_KEYBOARD', `${CANARY}-6`)
    for (const name of names) await reached(name)

    // What opens begins with its first field, and gives the focus back.
    const focused = () => page.evaluate<string | null>('document.activeElement.ariaLabel')
    await tabTo(button('More for BY_KEYBOARD'))
    for (const pick of ['History', 'Edit details']) {
      await page.keyboard.press('Enter')
      await page.getByRole('menuitem', { name: pick }).press('Enter')
      await see(dialog().getByText('BY_KEYBOARD'))
      if (pick !== 'History')
        await expect.poll(() => page.evaluate<string>('document.activeElement.value')).toBe('BY_KEYBOARD')
      await page.keyboard.press('Escape')
      await expect.poll(focused).toBe('More for BY_KEYBOARD')
    }
    await tabTo(button('Edit BY_KEYBOARD'))
    await page.keyboard.press('Enter')
    await see(page.getByLabel('New value of BY_KEYBOARD'))
    await page.keyboard.press('Escape')
    await expect.poll(focused).toBe('Edit BY_KEYBOARD')

    // Where the row is gone, the next one is nearest.
    await tabTo(button('More for BY_KEYBOARD'))
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter')
    await tabTo(dialog().getByRole('button', { name: 'Delete secret' }))
    await page.keyboard.press('Enter')
    await gone(row('BY_KEYBOARD'))
    await expect
      .poll(() => page.evaluate<string>('document.activeElement.closest("tr")?.textContent'))
      .toContain('DATABASE_URL')
  })
})
