/**
 * Every screen, in light and dark, wide and narrow: axe finds nothing, nothing has to be scrolled sideways, a picture
 * of each is kept.
 */
import type { KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { settled } from '@keyferry/server/demo'
import { createSync, type Source, type SyncRef } from '@keyferry/server/demo/setup'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { ACCOUNT, IN_ORDER, firstRun, oneConsole } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { BOTH_SCHEMES, openScreens, WIDE_IN_DARK_TOO, type Screens } from './screens.ts'
import { scriptsBeforeHeading, weightOf } from './script-weight.ts'
import { fieldsOf, fillFields, wrongCredentials, type Destination } from './vendor-forms.ts'

const LIMIT_MS = 60_000
const DOTENV = `DATABASE_URL="postgres://db.internal:5432/checkout"
PEM="-----BEGIN KEY-----\nabc\n-----END KEY-----"
STRIPE_KEY=sk_live_1
LOG_LEVEL=info
BLANK=
A_VERY_LONG_NAME_OF_A_SECRET_THAT_SOMEBODY_HAD_REASONS_FOR_AND_THAT_HAS_TO_FIT=x
${Array.from({ length: 8 }, (_, index) => `FEATURE_${index}=on`).join('\n')}
`

describe.skipIf(whyNoBrowser !== null)(suiteName('the screens'), IN_ORDER, () => {
  const all = oneConsole()
  let page: Page
  let screens: Screens
  let client: KeyferryClient
  let source: Source
  let destinations: { destination: Destination; emulator: Emulator }[]
  let syncs: SyncRef[]
  const { button, row, dialog, alert, go } = pageObject(() => page)
  const look = (name: string): Promise<void> => screens.look(name, BOTH_SCHEMES)
  /** At what has columns that a phone has not. */
  const lookAtTable = (name: string): Promise<void> => screens.look(name, WIDE_IN_DARK_TOO)
  const heading = (name: string): Promise<void> => see(page.getByRole('heading', { name, exact: true }))
  const at = (path: string): string => `/p/${source.projectId}${path}`
  const atRest = (): Promise<void> => settled(client, source.projectId, syncs, LIMIT_MS)

  beforeAll(async () => {
    page = all().page
    screens = await openScreens(page, 'screens')
  })

  it('of the first minutes', async () => {
    all().seen.expectRefusal('instance.me')
    expect(weightOf(await scriptsBeforeHeading(page, '/'))).toBeLessThan(200_000)
    await heading('Welcome to Keyferry')
    await look('first-run')
    client = await firstRun(all())
    await see(page.getByLabel('Project name'))
    await look('first-project')
    await button('Load an example project').click()
    await heading('Example')
    const [example] = await client.projects.list.query()
    if (!example) throw new Error('no example project')
    const folder = { projectId: example.id, environment: 'prod', secretPath: '/' }
    const { secrets, imports } = await client.secrets.list.query({
      ...folder,
      expandReferences: true,
      includeImports: true,
    })
    expect(secrets.find(({ key }) => key === 'DATABASE_URL')?.value).toBe(
      'postgres://shop:example-password@db.example.com:5432/shop',
    )
    expect(imports.flatMap((each) => each.secrets.map(({ key }) => key))).toEqual(['API_BASE_URL', 'LOG_LEVEL'])
    await client.projects.delete.mutate({ projectId: example.id })
    const project = await client.projects.create.mutate({ name: 'Checkout' })
    source = { projectId: project.id, environment: 'dev', secretPath: '/' }
    await visit(page, at(''))
    await heading('Checkout')
    await look('project')
    await visit(page, at('/secrets/dev'))
    await see(page.getByText('No secrets in this folder yet'))
    const form = page.getByRole('form', { name: 'Add a secret' })
    await see(form.getByLabel('Key'))
    await look('secrets-empty')
    await form.getByLabel('Key').press('Escape')
    await gone(form)
    await visit(page, at('/connections'))
    await heading('No connections yet')
    await look('connections-empty')
    await visit(page, at('/syncs'))
    await heading('No syncs yet')
    await look('syncs-empty')
    await visit(page, '/no/such/page')
    await heading('Page not found')
    await look('not-found')
  }, 300_000)

  it('of secrets', async () => {
    await client.secrets.paste.mutate({ ...source, content: DOTENV })
    for (const name of ['shared', 'a-folder-whose-name-says-all-that-there-is-to-say-about-its-secrets'])
      await client.folders.create.mutate({ projectId: source.projectId, environment: 'dev', name, path: '/' })
    const shared = { ...source, secretPath: '/shared' }
    await client.secrets.create.mutate({ ...shared, key: 'REGION', value: 'eu' })
    await client.imports.create.mutate({ ...source, path: '/', import: { environment: 'dev', path: '/shared' } })
    await client.secrets.update.mutate({
      ...source,
      key: 'LOG_LEVEL',
      value: 'debug',
      comment: 'Back to info after the sale.',
    })
    await visit(page, at('/secrets/dev'))
    await see(row('REGION'))
    await lookAtTable('secrets')
    await button('Reveal PEM').click()
    await button('Edit LOG_LEVEL').click()
    await see(page.getByLabel('New value of LOG_LEVEL'))
    await button('Hide PEM').hover()
    await see(page.getByRole('tooltip'))
    await look('secrets-revealed-and-edited')
    await button('Cancel').click()
    await button('More for LOG_LEVEL').click()
    await see(page.getByRole('menu'))
    await look('secret-menu')
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await see(dialog())
    await look('secret-delete')
    await page.keyboard.press('Escape')
    await visit(page, at('/secrets/dev?history=LOG_LEVEL'))
    await see(dialog().getByText('Version 2'))
    await look('secret-history')
    await visit(page, at('/secrets/dev/paste'))
    await page.getByLabel('File content').fill('STRIPE_KEY=sk_live_2\nLOG_LEVEL=debug\nNEW=1\nnot a pair\n')
    await heading('Preview changes')
    await lookAtTable('paste')
    await page.getByLabel('File content').fill('')
    await visit(page, at('/secrets/dev'))
    await see(row('REGION'))
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Go to a secret').fill('log')
    await see(page.getByRole('option', { name: 'LOG_LEVEL', selected: true }))
    await look('palette')
    await page.getByPlaceholder('Go to a secret').fill('dark')
    await see(page.getByRole('option', { name: 'Theme: Dark', selected: true }))
    await page.getByPlaceholder('Go to a secret').fill('shortcuts')
    await page.keyboard.press('Enter')
    await see(dialog().getByText('Next row'))
    await look('shortcuts')
    await page.keyboard.press('Escape')
  }, 300_000)

  it('of connections', async () => {
    const listed = await client.destinations.list.query()
    destinations = listed.flatMap((destination) => {
      const emulator = all().vendors.get(destination.name)
      return emulator ? [{ destination, emulator }] : []
    })
    await visit(page, at('/connections/new'))
    await heading('New connection')
    await look('connection-vendors')
    for (const { destination, emulator } of destinations) {
      await visit(page, at(`/connections/new?app=${destination.name}`))
      await fillFields(page, fieldsOf(destination.connection), wrongCredentials(destination, emulator.credentials))
      all().seen.expectRefusal('connections.create')
      await button('Create connection').click()
      await see(alert('not stored'))
      await look(`connection-${destination.name}-refused`)
    }
  }, 300_000)

  it('of the wizard', async () => {
    for (const [index, { destination, emulator }] of destinations.entries()) {
      const { name, title } = destination
      emulator.put('FOREIGN_ONE', 'theirs')
      emulator.put('FOREIGN_TWO', 'theirs')
      const connect = (as: string) =>
        client.connections.create.mutate({ destination: name, name: as, credentials: emulator.credentials })
      const before = await connect('a-first')
      const connection = await connect(`${name}-live`)
      await visit(page, at('/syncs/new'))
      const card = button(`${title} Connected`)
      await see(card)
      if (index === 0) await look('wizard-destination')
      await card.click()
      await see(page.getByText('1 of them is imported'))
      const target = page.getByRole('region', { name: 'Destination' })
      const account = target.getByLabel(`${title} connection`)
      await account.click()
      await page.keyboard.type(connection.name)
      // The server finds it, and no longer the one that was selected.
      await see(page.getByRole('option', { selected: true }).and(page.locator(`[data-choice="${connection.id}"]`)))
      await page.keyboard.press('Enter')
      await client.connections.delete.mutate({ destination: name, connectionId: before.id })
      await fillFields(page, destination.target.fields, emulator.target, target)
      await see(page.getByRole('list', { name: 'Example names' }))
      await see(page.getByText('2 keys will be deleted'))
      await look(`wizard-${name}`)
      if (index === 0) {
        await account.click()
        await see(page.getByPlaceholder('Search'))
        await look('wizard-picker')
        await page.keyboard.press('Escape')
      }
      await button('Create sync').click()
      await see(dialog())
      if (index === 0) await look('wizard-understand')
      await page.evaluate('sessionStorage.clear()')
      emulator.clear()
    }
    await visit(page, '/connections')
    await see(page.getByText('Used by no sync').first())
    await lookAtTable('connections')

    const connection = (await client.connections.list.query({})).find(({ projectId }) => projectId === null)
    const [field] =
      destinations.find(({ destination }) => destination.name === connection?.destination)?.destination.target.fields ??
      []
    if (!connection || !field) throw new Error('no connection of the organization')
    const allowed = async () =>
      (await client.connections.list.query({})).find(({ id }) => id === connection.id)?.allowedTargets
    const openAllowed = async () => {
      await button(`More for ${connection.name}`).click()
      await page.getByRole('menuitem', { name: 'Allowed destinations' }).click()
    }
    await button(`More for ${connection.name}`).click()
    await page.getByRole('menuitem', { name: 'Edit details' }).click()
    await dialog().getByLabel('Description').fill('Billing’s account')
    await look('connection-details')
    await button('Save').click()
    await see(page.getByText('Billing’s account'))
    await openAllowed()
    await page.getByRole('checkbox', { name: 'All destinations' }).click()
    await page.getByRole('group', { name: 'Destination 1' }).getByLabel(field.label).fill('only-this')
    await look('allowed-targets')
    await button('Save').click()
    await expect.poll(allowed).toEqual([{ [field.name]: 'only-this' }])
    await openAllowed()
    await page.getByRole('checkbox', { name: 'All destinations' }).click()
    await button('Save').click()
    await expect.poll(allowed).toBeNull()

    await page.getByRole('link', { name: connection.name, exact: true }).click()
    await see(page.getByText('No sync uses it.'))
    await see(page.getByText('All destinations'))
    await look('connection')
    await button('Delete connection').click()
    await see(dialog().getByText('The credential is erased here'))
    await screens.keep('connection-delete')
    await page.keyboard.press('Escape')
    await button('Change: Projects that can use it').click()
    await page.getByRole('checkbox', { name: 'All projects' }).click()
    await button('Save').click()
    await see(page.getByText('For Checkout'))
  }, 300_000)

  it('of syncs', async () => {
    syncs = await Promise.all(
      destinations.map(({ destination, emulator }) => createSync(client, source, destination.name, emulator)),
    )
    await atRest()
    const [first] = syncs
    if (!first) throw new Error('no destination')
    const home = at(`/syncs/${first.destination}/${first.syncId}`)
    await visit(page, at('/syncs'))
    await see(row(`to-${first.destination}`))
    await lookAtTable('syncs')
    await visit(page, at(''))
    await see(page.getByRole('link', { name: `to-${first.destination} Needs attention` }))
    await see(page.getByRole('list', { name: 'Recent changes' }))
    await lookAtTable('overview')
    await visit(page, at('/syncs'))
    const opened = page.getByRole('tab', { name: 'Keys' })
    await row(`to-${first.destination}`).getByRole('cell').nth(1).click()
    await see(opened)
    for (const key of ['g', 'y']) await page.keyboard.press(key)
    await see(row(`to-${first.destination}`))
    for (const key of ['j', 'Enter']) await page.keyboard.press(key)
    await see(opened)
    for (const key of ['g', 'e']) await page.keyboard.press(key)
    await heading('Project settings')
    for (const key of ['g', 'c']) await page.keyboard.press(key)
    await heading('Connections')
    await see(button('Add connection'))
    await page.keyboard.press('n')
    await heading('New connection')
    await page.keyboard.press('Shift+?')
    await see(dialog().getByText('Next row'))
    await page.keyboard.press('Escape')
    await visit(page, home)
    await see(row('LOG_LEVEL'))
    await lookAtTable('sync-keys')
    await visit(page, `${home}?tab=plan`)
    await see(page.getByText('unchanged'))
    await lookAtTable('sync-plan')
    await visit(page, `${home}?tab=runs`)
    await page.getByRole('tabpanel', { name: 'Runs' }).getByRole('button').first().click()
    await see(page.getByRole('listitem').filter({ hasText: 'LOG_LEVEL' }))
    await look('sync-runs')
    await visit(page, `${home}?tab=settings`)
    await see(page.getByRole('navigation', { name: 'Sections' }))
    await lookAtTable('sync-settings')
    await visit(page, `${home}?tab=danger`)
    await button('Delete sync').click()
    await see(dialog())
    await look('sync-danger')
    await visit(page, at('/activity?tab=runs'))
    await page.getByLabel('Filter by sync').selectOption(`to-${first.destination}`)
    await see(page.getByRole('table', { name: 'Runs' }).getByRole('link').first())
    await lookAtTable('activity-runs')
    await page.getByRole('table', { name: 'Runs' }).getByRole('link').first().click()
    await see(page.getByRole('tabpanel', { name: 'Runs' }).getByRole('list', { name: 'Outcomes' }))
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Go to a secret').fill('pause project')
    await page.getByRole('option', { name: 'Pause: all syncs of this project…' }).click()
    await dialog().getByLabel('Reason').fill('release')
    await screens.keep('pause-project')
    await dialog().getByRole('button', { name: 'Pause' }).click()
    await gone(dialog())
    await visit(page, at(''))
    await see(page.getByText(`${syncs.length} syncs, ${syncs.length} paused.`))
    await page.goBack()
    await see(page.getByRole('tabpanel', { name: 'Runs' }))
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Go to a secret').fill('resume project')
    await page.getByRole('option', { name: 'Resume: all syncs of this project' }).click()
    await expect.poll(() => client.syncs.pauses.query({ projectId: source.projectId })).toEqual([])
    await button('More actions').click()
    await page.getByRole('menuitem', { name: 'Clone to another environment…' }).click()
    await dialog().getByLabel('Environment').selectOption('staging')
    await screens.keep('clone')
    await dialog().getByRole('button', { name: 'Continue' }).click()
    await see(page.getByRole('region', { name: 'Source' }))
    await expect
      .poll(() => page.evaluate<string>(`sessionStorage.getItem('keyferry.sync-draft.${source.projectId}')`))
      .toContain('"environment":"staging"')
    await page.evaluate('sessionStorage.clear()')
    await visit(page, at('/secrets/dev'))
    // An imported secret is sent too.
    await see(row('REGION').getByText('Delivered to'))
    await button('More for LOG_LEVEL').click()
    await page.getByRole('menuitem', { name: 'Delivery' }).click()
    await see(dialog().getByText('The old value can be revoked'))
    await look('secret-delivery')
    await visit(page, at('/secrets/dev?history=LOG_LEVEL'))
    await see(dialog().getByText('Delivered to').first())
  }, 300_000)

  it('of syncs that wait for a person', async () => {
    const [first] = syncs
    if (!first) throw new Error('no destination')
    // The first answer of the page is from before the change and comes after its event.
    const changed = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    await page.route(
      /\/api\/trpc\/[^?]*syncs\.get/,
      async (route) => {
        const response = await route.fetch()
        held.resolve()
        await changed.promise
        await route.fulfill({ response })
      },
      { times: 1 },
    )
    const events = await all().context.newCDPSession(page)
    await events.send('Network.enable')
    const blocked = Promise.withResolvers<void>()
    events.on('Network.eventSourceMessageReceived', ({ data }) => data.includes('"blocked"') && blocked.resolve())
    await page.goto(at(`/syncs/${first.destination}/${first.syncId}`))
    await held.promise
    await screens.keep('sync-loading')
    await client.secrets.create.mutate({ ...source, key: 'BROKEN', value: ['$', '{NOT_THERE}'].join('') })
    await blocked.promise
    changed.resolve()
    await see(alert('1 secret can’t be resolved'))
    await look('sync-blocked-by-source')
    await client.secrets.delete.mutate({ ...source, key: 'BROKEN' })
    await atRest()
    const [other] = destinations.slice(1)
    if (!other) throw new Error('no second destination')
    for (const n of [1, 2, 3]) other.emulator.fail(n, { kind: 'status', status: 401 })
    await client.syncs.trigger.mutate(syncs[1] ?? first)
    // Why it fails is one click away from any page, with the button that mends it.
    await go('Overview')
    const trouble = page.getByRole('region', { name: 'Needs attention' }).getByRole('note')
    await see(trouble.getByText(/rejects the credential of/))
    await see(trouble.getByRole('button', { name: 'Replace credential' }))
    await look('overview-trouble')
    other.emulator.heal()
    await page.goto(at('/syncs'))
    await row(`to-${other.destination.name}`)
      .getByRole('button', { name: /^Replace credential: / })
      .click()
    // It begins with its first field, although its form is loaded after it.
    await see(dialog().locator('input:focus'))
    await screens.keep('replace-credential')
    await fillFields(page, fieldsOf(other.destination.connection), other.emulator.credentials, dialog())
    await dialog().getByRole('button', { name: 'Replace credential' }).click()
    await gone(dialog())
    await gone(row(`to-${other.destination.name}`).getByRole('button', { name: /^Replace credential: / }))
    await atRest()
    const features = Array.from({ length: 8 }, (_, index) => ({ key: `FEATURE_${index}` }))
    await client.secrets.deleteMany.mutate({ ...source, secrets: features })
    await visit(page, at(`/syncs/${first.destination}/${first.syncId}`))
    await see(alert('waits for approval'))
    await look('sync-blocked-by-fuse')
    await button('Review the plan').click()
    await see(dialog().getByText('8 keys will be deleted'))
    await look('sync-approve')
    await visit(page, at('/syncs'))
    await see(row(`to-${first.destination}`))
    await lookAtTable('syncs-blocked')
    await page.getByRole('button', { name: /^Notifications/ }).click()
    await see(dialog().getByRole('link', { name: `to-${first.destination} needs approval` }))
    await look('notifications')
    await dialog().getByRole('button', { name: 'Close' }).click()
  }, 300_000)

  it('of the way in, and of the menu on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await button('Open navigation').click()
    await see(dialog())
    await screens.keep('navigation')
    await page.keyboard.press('Escape')
    await all().context.clearCookies()
    await page.goto('/sign-in')
    await page.getByLabel('Email').fill(ACCOUNT.email)
    await button('Sign in').click()
    await see(page.getByText('Enter your password'))
    await look('sign-in')
  }, 300_000)

  it('have nothing that axe objects to', () => expect(screens.violations).toEqual([]))

  it('fit a phone 360 pixels wide', () => expect(screens.tooWide).toEqual([]))
})
