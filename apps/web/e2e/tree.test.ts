/**
 * The tree of a project, by hand: settings, moves, history, comparison, deletes that ask, and the trash. Each screen is
 * checked on the way.
 */
import { readFile } from 'node:fs/promises'
import type { KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { settled } from '@keyferry/server/demo'
import { bootstrap, clientOf, createSync, type Account, type SyncRef } from '@keyferry/server/demo/setup'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { oneConsole, signIn } from './console.ts'
import { gone, pageObject, see } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'
import { isInDocument } from './browser-monitor.ts'

const LIMIT_MS = 60_000
/** Screens are checked on the way, on cores that other suites use too. */
const TEST_MS = 120_000
/** In every value, so that one look finds any of them. */
const CANARY = 'canary'
const to = (reference: string): string => ['$', `{${reference}}`].join('')

describe.skipIf(whyNoBrowser !== null)(suiteName('the tree'), { timeout: TEST_MS }, () => {
  const all = oneConsole()
  let page: Page
  let screens: Screens
  let client: KeyferryClient
  let account: Account
  let projectId: string
  let emulators: [string, Emulator][]
  let syncs: SyncRef[]
  const { button, row, dialog, alert, go } = pageObject(() => page)
  const heading = (name: string): Promise<void> => see(page.getByRole('heading', { name, exact: true }))
  const item = (name: string): Locator => page.getByRole('menuitem', { name, exact: true })
  const status = (text: string): Locator => page.getByRole('status').filter({ hasText: text })
  const at = (path: string): string => `/p/${projectId}${path}`
  const put = async (environment: string, secretPath: string, values: Record<string, string>): Promise<void> => {
    const secrets = Object.entries(values).map(([key, value]) => ({ key, value }))
    await client.secrets.updateMany.mutate({ projectId, environment, secretPath, mode: 'upsert', secrets })
  }
  const value = async (environment: string, secretPath: string, key: string): Promise<string | null> =>
    (await client.secrets.get.query({ projectId, environment, secretPath, key })).value
  const folder = (environment: string, path: string, name: string) =>
    client.folders.create.mutate({ projectId, environment, path, name })
  const environments = (): Promise<string[]> =>
    page.getByRole('list', { name: 'Environments' }).getByRole('listitem').getByRole('link').allTextContents()
  /** From the menu of the folder that is open. */
  const folderMenu = async (path: string, name: string): Promise<void> => {
    await button(`More for folder ${path}`).click()
    await item(name).click()
  }

  beforeAll(async () => {
    const { url, seen, vendors } = all()
    page = all().page
    screens = await openScreens(page, 'screens-tree')
    account = await bootstrap(url)
    client = clientOf(url, account)
    emulators = [...vendors]
    seen.keepSecret(CANARY, account.password, account.token)
    const project = await client.projects.create.mutate({ name: 'Checkout' })
    projectId = project.id
    await put('dev', '/', { DATABASE_URL: `${CANARY}-db`, LOG_LEVEL: `${CANARY}-debug`, REGION: `${CANARY}-eu` })
    await put('prod', '/', { DATABASE_URL: `${CANARY}-prod-db`, REGION: `${CANARY}-eu` })
    await folder('dev', '/', 'api')
    await folder('dev', '/api', 'deep')
    await put('dev', '/api', { HOST: `${CANARY}-host`, PORT: `${CANARY}-1` })
    await put('dev', '/api', { URL: `${CANARY}-at-${to('HOST')}` })
    await put('dev', '/api/deep', { INNER: `${CANARY}-inner` })
    await put('prod', '/', { FAR: to('dev.api.HOST') })
    const source = { projectId, environment: 'dev', secretPath: '/api' }
    syncs = await Promise.all(emulators.map(([name, emulator]) => createSync(client, source, name, emulator)))
    await settled(client, projectId, syncs, LIMIT_MS)
    await page.goto('/sign-in')
    await signIn(page, account)
    await heading('Checkout')
  }, 300_000)

  it('says in a project without environments how to get one', async () => {
    const empty = await client.projects.create.mutate({ name: 'Empty', withDefaultEnvironments: false })
    for (const path of ['', '/secrets']) {
      await page.goto(`/p/${empty.id}${path}`)
      await heading('This project has no environment')
    }
    await button('Add an environment').click()
    await see(page.getByText('This project has no environment yet'))
    await client.projects.delete.mutate({ projectId: empty.id })
    await page.goto(at(''))
  })

  describe('settings', () => {
    it('rename the project, and say which slug is taken', async () => {
      const other = await client.projects.create.mutate({ name: 'Other', slug: 'other-one' })
      await go('Settings')
      await page.getByLabel('Project name').fill('Checkout service')
      await page.getByRole('region', { name: 'Project', exact: true }).getByLabel('Slug').fill('other-one')
      all().seen.expectRefusal('projects.update')
      await button('Save project').click()
      await see(alert('is already taken. Choose another slug.'))
      // What is typed is not lost by a wrong click.
      await go('Trash')
      await dialog().getByRole('button', { name: 'Stay on this page' }).click()
      await page.getByRole('region', { name: 'Project', exact: true }).getByLabel('Slug').fill('checkout')
      await button('Save project').click()
      await see(button('Checkout service. Switch project'))
      expect(await client.projects.get.query({ projectId })).toMatchObject({
        name: 'Checkout service',
        slug: 'checkout',
      })
      await client.projects.delete.mutate({ projectId: other.id })
    })

    it('add, order and rename environments; what refers to one follows', async () => {
      await button('Add environment').click()
      await dialog().getByLabel('Environment name').fill('Quality & tests')
      expect(await dialog().getByLabel('Slug').inputValue()).toBe('quality-tests')
      await dialog().getByRole('button', { name: 'Add environment' }).click()
      await see(page.getByRole('link', { name: 'Quality & tests' }))
      await button('Move Quality & tests up').click()
      await expect.poll(environments).toEqual(['Development', 'Staging', 'Quality & tests', 'Production'])

      await button('Rename Development').click()
      await dialog().getByLabel('Slug').fill('prod')
      all().seen.expectRefusal('environments.update')
      await dialog().getByRole('button', { name: 'Save environment' }).click()
      await see(alert('already taken by environment "Production"'))
      await dialog().getByLabel('Slug').fill('main')
      await dialog().getByRole('button', { name: 'Save environment' }).click()
      await gone(dialog())
      expect(await value('prod', '/', 'FAR')).toBe(to('main.api.HOST'))
      const [{ id: environmentId } = { id: '' }] = (await client.projects.get.query({ projectId })).environments
      await client.environments.update.mutate({ projectId, environmentId, slug: 'dev' })
      await page.reload()
      await see(page.getByText('dev', { exact: true }))
      await screens.look('settings')
    })
  })

  describe('secrets and folders', () => {
    it('renames a secret with its comment and tags; references follow', async () => {
      await page.goto(at('/secrets/dev?path=/api'))
      await button('More for HOST').click()
      await item('Edit details').click()
      await dialog().getByLabel('Key').fill('HOSTNAME')
      await dialog().getByLabel('Comment').fill('Without the port.')
      // A click beside it does not take away what is typed.
      await page.mouse.click(5, 5)
      await dialog().getByLabel('New tag').fill('Network')
      await dialog().getByLabel('New tag').press('Enter')
      await see(dialog().getByRole('button', { name: 'network', pressed: true }))
      await dialog().getByRole('button', { name: 'Add metadata' }).click()
      await dialog().getByLabel('Value 1').fill('ada')
      await dialog().getByRole('button', { name: 'Save' }).click()
      await see(dialog().getByText('Metadata key must not be empty'))
      await dialog().getByLabel('Key 1').fill('owner')
      await screens.look('secret-details')
      await dialog().getByRole('button', { name: 'Save' }).click()
      await see(row('HOSTNAME').getByText('network'))
      expect(await value('prod', '/', 'FAR')).toBe(to('dev.api.HOSTNAME'))
      await page.getByLabel('Search secrets').fill('network')
      await gone(row('PORT'))
      await see(row('HOSTNAME'))
      await page.getByLabel('Search secrets').fill('')
    })

    it('shows what stood beside each version, and restores one from before a rename', async () => {
      const api = { projectId, environment: 'dev', secretPath: '/api' }
      const version = (n: number): Locator => dialog().getByRole('listitem', { name: `Version ${n}`, exact: true })
      await button('More for HOSTNAME').click()
      await item('History').click()
      await see(version(2).getByText('Without the port.'))
      await see(version(2).getByText('network'))
      await see(version(2).getByText('owner'))
      await see(version(1).getByText('Former key: HOST.'))
      expect(await version(1).getByText('network').count()).toBe(0)
      await screens.look('secret-versions')
      await version(1).getByRole('button', { name: 'Reveal' }).click()
      await see(version(1).getByText(`${CANARY}-host`))
      await version(1).getByRole('button', { name: 'Compare with current' }).click()
      await see(version(1).getByText('The values are the same.'))
      await version(1).getByRole('button', { name: 'Restore' }).click()
      await see(version(3))
      await button('Undo').click()
      await see(version(4))
      expect(await client.secrets.get.query({ ...api, key: 'HOSTNAME' })).toMatchObject({ tags: [{ name: 'network' }] })
      await version(1).getByRole('button', { name: 'Restore' }).click()
      await see(version(5))
      expect(await client.secrets.get.query({ ...api, key: 'HOSTNAME' })).toMatchObject({ tags: [], version: 5 })
      await version(2).getByRole('button', { name: 'Restore' }).click()
      await see(version(6))
      expect(await client.secrets.get.query({ ...api, key: 'HOSTNAME' })).toMatchObject({
        comment: 'Without the port.',
        metadata: [{ key: 'owner', value: 'ada' }],
        tags: [{ name: 'network' }],
      })
      await page.keyboard.press('Escape')
      await gone(dialog())
    })

    it('shows who uses a secret, with a link to each', async () => {
      await button('More for HOSTNAME').click()
      await item('Find usages').click()
      await see(dialog().getByRole('heading', { name: '2 secrets refer to it' }))
      await see(dialog().getByRole('heading', { name: `${syncs.length} syncs read it` }))
      await screens.look('who-uses-this')
      await dialog().getByRole('link', { name: 'dev:/api URL' }).click()
      await see(page.getByText('1 of 3 secrets'))
      await page.goBack()
      await button('More for HOSTNAME').click()
      await item('Find usages').click()
      await dialog().getByRole('link', { name: 'prod:/ FAR' }).click()
      await see(row('FAR'))
      expect(page.url()).toContain('q=FAR')
    })

    it('stores what was typed and pasted, and overwrites no edit of somebody else unseen', async () => {
      await page.goto(at('/secrets/dev?path=/api'))
      const form = page.getByRole('form', { name: 'Add a secret' })
      await button('New secret').click()
      await form.getByRole('textbox', { name: 'Key' }).fill('BAD KEY')
      await see(form.getByText(/^BAD KEY is refused by .+ \(sync /))
      await form.getByRole('textbox', { name: 'Key' }).fill('TOKEN')
      await page.keyboard.press('Enter')
      await form.getByRole('textbox', { name: 'Value' }).fill(` ${CANARY}-one`)
      await see(form.getByText('The value starts with a space.'))
      await form.getByRole('button', { name: 'Trim' }).click()
      await form.getByRole('textbox', { name: 'Value' }).press('End')
      await page.keyboard.press('Shift+Enter')
      await page.keyboard.type('two')
      await page.keyboard.press('Enter')
      await see(row('TOKEN'))
      expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-one\ntwo`)

      const lines = `PASTED_A=${CANARY}-a\nexport PASTED_B='${CANARY} b'\nTOKEN=${CANARY}-one`
      await all().context.grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(lines)})`)
      await form.getByRole('textbox', { name: 'Key' }).press('Control+V')
      await see(row('PASTED_B').getByText('Add', { exact: true }))
      await screens.look('secrets-pasted-as-lines')
      await page.getByRole('checkbox', { name: 'Save PASTED_A' }).click()
      await button('Save 2 secrets').click()
      await gone(page.getByRole('heading', { name: 'Preview changes' }))
      expect(await row('PASTED_A').count()).toBe(0)
      expect(await value('dev', '/api', 'PASTED_B')).toBe(`${CANARY} b`)
      await put('dev', '/api', { PASTED_A: `${CANARY}-a` })

      const files = await page.evaluateHandle(
        `(() => {
          const files = new DataTransfer()
          files.items.add(new File(['DROPPED=${CANARY}-d'], 'some.env'))
          return files
        })()`,
      )
      await page.getByRole('table', { name: 'Secrets' }).dispatchEvent('drop', { dataTransfer: files })
      await see(row('DROPPED').getByText('Add', { exact: true }))
      await button('Save 1 secret').click()
      await gone(page.getByRole('heading', { name: 'Preview changes' }))
      expect(await value('dev', '/api', 'DROPPED')).toBe(`${CANARY}-d`)

      const edit = page.getByLabel('New value of TOKEN')
      await put('dev', '/api', { TOKEN: `${CANARY}-1\r\n2\r\n` })
      await button('Edit TOKEN').click()
      await edit.fill(`${CANARY}-0\n2\n`)
      await edit.press('Enter')
      await gone(edit)
      expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-0\r\n2\r\n`)

      await button('Edit TOKEN').click()
      await edit.fill(`${CANARY}-mine`)
      await put('dev', '/api', { TOKEN: `${CANARY}-theirs` })
      await see(alert('TOKEN was changed while you edited it').getByText(`${CANARY}-theirs`))
      await screens.look('secret-changed-while-edited')
      await edit.press('Enter')
      expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-theirs`)
      await button('Keep my edit').click()
      await button('Save').click()
      await gone(edit)
      expect(await value('dev', '/api', 'TOKEN')).toBe(`${CANARY}-mine`)

      // Nobody sees these characters in a value: a sign stands for each.
      await put('dev', '/api', { TOKEN: `${CANARY}\u200b-unseen ` })
      await button('Reveal TOKEN').click()
      await see(row('TOKEN').getByText('U+200B'))
      await see(row('TOKEN').getByText('·', { exact: true }))
      await button('Hide TOKEN').click()
      const secrets = ['TOKEN', 'PASTED_A', 'PASTED_B', 'DROPPED'].map((key) => ({ key }))
      await client.secrets.deleteMany.mutate({ projectId, environment: 'dev', secretPath: '/api', secrets })
    })

    it('completes references, generates values, and loses no key that is typed while a value loads', async () => {
      await button('New secret').click()
      const form = page.getByRole('form', { name: 'Add a secret' })
      const typed = form.getByRole('textbox', { name: 'Value' })
      await form.getByRole('button', { name: 'Generate a value' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Generate' }).click()
      await page.keyboard.press('Escape')
      expect(await typed.inputValue()).toMatch(/^[A-Za-z0-9]{32}$/)
      await form.getByRole('button', { name: 'Generate a value' }).click()
      const generator = page.getByRole('dialog', { name: 'Generate a value' })
      await generator.getByLabel('Kind').selectOption('Key pair')
      await generator.getByRole('button', { name: 'Generate' }).click()
      await see(generator.getByText('-----BEGIN PUBLIC KEY-----'))
      expect(await typed.inputValue()).toMatch(/^-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----\n$/)
      await generator.getByRole('button', { name: 'Close' }).click()
      await typed.fill('')
      await form.getByRole('textbox', { name: 'Key' }).fill('REFERRING')
      await typed.focus()
      await page.keyboard.type(`${CANARY}-\${PO`)
      await see(page.getByRole('option', { name: 'PORT' }))
      await page.keyboard.press('Enter')
      await expect.poll(() => typed.inputValue()).toBe(`${CANARY}-${to('PORT')}`)
      await typed.press('Enter')
      await see(row('REFERRING'))
      expect(await value('dev', '/api', 'REFERRING')).toBe(`${CANARY}-${to('PORT')}`)
      const secrets = [{ key: 'REFERRING' }]
      await client.secrets.deleteMany.mutate({ projectId, environment: 'dev', secretPath: '/api', secrets })
      await gone(row('REFERRING'))

      const loads = Promise.withResolvers<void>()
      await page.route(
        /secrets\.get/,
        async (route) => {
          await loads.promise
          await route.continue()
        },
        { times: 1 },
      )
      await button('Edit PORT').click()
      await page.keyboard.type(`${CANARY}-typed`)
      loads.resolve()
      await page.keyboard.press('Enter')
      await gone(page.getByLabel('New value of PORT'))
      expect(await value('dev', '/api', 'PORT')).toBe(`${CANARY}-typed`)
      await put('dev', '/api', { PORT: `${CANARY}-1` })
    })

    it('is used with single keys, and leaves selected secrets out of a sync', async () => {
      await page.goto(at('/syncs'))
      await heading('Syncs')
      // The second pair of keys comes before the page of the first is there.
      for (const key of ['g', 's', 'n']) await page.keyboard.press(key)
      await see(page.getByRole('form', { name: 'Add a secret' }))
      await button('Close the new secret').click()
      await page.goto(at('/secrets/dev?path=/api'))
      await see(row('HOSTNAME'))
      for (const key of ['j', 'j', 'k', 'x']) await page.keyboard.press(key)
      await see(page.getByText('1 selected'))
      expect(await page.getByRole('checkbox', { name: 'Select HOSTNAME' }).isChecked()).toBe(true)
      for (const key of ['j', 'e']) await page.keyboard.press(key)
      await see(page.getByLabel('New value of PORT'))
      await page.keyboard.press('Escape')
      await page.keyboard.press('/')
      await page.keyboard.type('host')
      await gone(row('PORT'))
      await page.getByLabel('Search secrets').fill('')

      const [first] = syncs
      if (!first) throw new Error('no destination')
      const excluded = async () =>
        (await client.syncs.list.query({ projectId }))
          .find(({ id }) => id === first.syncId)
          ?.excludedKeys.map(({ key, reason }) => `${key}: ${reason}`)
      await button('Exclude').click()
      const names = dialog().getByRole('list', { name: 'Syncs' }).getByRole('checkbox')
      await see(names.first())
      for (const box of await names.all())
        if ((await box.getAttribute('aria-label')) !== `to-${first.destination}`) await box.uncheck()
      await dialog().getByLabel('Reason').fill('Set by hand there')
      await screens.look('exclude-secrets')
      await button('Exclude from 1 sync').click()
      await gone(dialog())
      expect(await excluded()).toEqual(['HOSTNAME: Set by hand there'])
      await button('Undo').click()
      await expect.poll(excluded).toEqual([])
      await settled(client, projectId, syncs, LIMIT_MS)
    })

    it('shows a large folder, long names and values, and a tree of 300 folders', async () => {
      const many = { projectId, environment: 'staging', secretPath: '/many' }
      const long = `${'LONG_'.repeat(50)}KEYS1`
      const arabic = 'مفتاح'
      const { id: folderId } = await folder('staging', '/', 'many')
      const keys = Array.from({ length: 400 }, (_, index) => `KEY_${String(index).padStart(3, '0')}`)
      await client.secrets.paste.mutate({ ...many, content: keys.map((key) => `${key}=${CANARY}-${key}`).join('\n') })
      await put('staging', '/many', { [long]: 'x'.repeat(65_000), [arabic]: `${CANARY} مرحبا` })
      await Promise.all(Array.from({ length: 298 }, (_, index) => folder('staging', '/many', `folder-${index}`)))

      await page.setViewportSize({ width: 1440, height: 900 })
      await page.goto(at('/secrets/staging?path=/many'))
      await see(page.getByText('402 secrets', { exact: true }))
      const drawn = (): Promise<{ top: number; bottom: number }[]> =>
        page.evaluate(
          `[...document.querySelectorAll('tbody:not([inert]) > tr[aria-label]')].map((row) => {
            const { top, bottom } = row.getBoundingClientRect()
            return { top, bottom }
          })`,
        )
      await expect.poll(async () => (await drawn()).length).toBeGreaterThan(0)
      const rows = await drawn()
      expect(rows[0]?.top).toBeLessThan(260)
      expect(rows.filter(({ bottom }) => bottom <= 900).length).toBeGreaterThanOrEqual(16)
      // Only what is near the screen is drawn.
      expect(rows.length).toBeLessThan(100)
      await page.getByRole('checkbox', { name: 'Select all' }).click()
      await page.keyboard.press('End')
      await see(row(arabic))
      await see(page.getByText('402 selected'))
      await button('Clear selection').click()
      await page.getByLabel('Search secrets').fill('LONG_')
      await see(page.getByText('1 of 402 secrets'))
      await button(`Edit ${long}`).click()
      await expect.poll(async () => (await page.getByLabel(`New value of ${long}`).inputValue()).length).toBe(65_000)
      await screens.look('long-secret')
      await page.keyboard.press('Escape')

      await button('Folders').click()
      const tree = page.getByRole('list', { name: 'Folders' }).getByRole('link')
      await expect.poll(() => tree.count()).toBeGreaterThanOrEqual(300)
      await page.getByLabel('Search folders').fill('folder-29')
      await expect.poll(() => tree.allTextContents()).toHaveLength(9)
      await page.keyboard.press('Escape')
      await button('Add import').click()
      expect(await dialog().getByLabel('From environment').inputValue()).toBe('staging')
      expect(await dialog().getByLabel('From secret path').inputValue()).toBe('/many')
      expect(await dialog().getByRole('button', { name: 'Import', exact: true }).isEnabled()).toBe(false)
      await dialog().getByLabel('From environment').selectOption('prod')
      expect(await dialog().getByLabel('From secret path').inputValue()).toBe('/many')
      await page.keyboard.press('Escape')
      await button('Paste .env').click()
      await page.evaluate("navigator.clipboard.writeText('HUGE=' + 'x'.repeat(1_999_000))")
      await page.getByLabel('File content').press('Control+V')
      await see(page.getByText('2.0 million characters'))
      await see(page.getByRole('list', { name: 'Skipped' }).getByText('HUGE'))
      await button('Clear').click()
      await page.getByRole('main').getByRole('button', { name: 'Cancel' }).click()
      await client.folders.delete.mutate({ projectId, environment: 'staging', path: '/', folderIdOrName: folderId })
    })

    it('selects a range and exports it, and keeps the folder in another environment', async () => {
      for (const call of ['folders.list', 'secrets.rows', 'imports.list', 'delivery.folder'])
        all().seen.mayBeRefused(call)
      await page.goto(at('/secrets/dev?path=/api'))
      await page.getByRole('tab', { name: 'Staging' }).click()
      await heading('Folder /api doesn’t exist in staging')
      await button('Create /api in staging').click()
      await heading('No secrets in this folder yet')
      await page.goto(at('/secrets/dev'))
      await page.getByRole('checkbox', { name: 'Select DATABASE_URL' }).click()
      await page.getByRole('checkbox', { name: 'Select REGION' }).click({ modifiers: ['Shift'] })
      await see(page.getByText('3 selected'))
      await button('Export 3 secrets').click()
      await screens.look('export')
      const downloading = page.waitForEvent('download')
      await dialog().getByRole('button', { name: 'Download' }).click()
      const download = await downloading
      expect(download.suggestedFilename()).toBe('dev.env')
      expect(await readFile(await download.path(), 'utf8')).toBe(
        `DATABASE_URL=${CANARY}-db\nLOG_LEVEL=${CANARY}-debug\nREGION=${CANARY}-eu\n`,
      )
      await gone(dialog())
    })

    it('moves what is ticked, and names what is taken there', async () => {
      await page.goto(at('/secrets/dev'))
      await page.getByRole('checkbox', { name: 'Select LOG_LEVEL' }).click()
      await page.getByRole('checkbox', { name: 'Select REGION' }).click()
      await button('Move 2 secrets').click()
      await dialog().getByLabel('Environment').selectOption('prod')
      await screens.look('move-secrets')
      all().seen.expectRefusal('tree.moveSecrets')
      await dialog().getByRole('button', { name: 'Move 2 secrets' }).click()
      await see(alert('already exists at the destination: REGION'))
      await dialog().getByLabel('Overwrite existing keys').click()
      await dialog().getByRole('button', { name: 'Move 2 secrets' }).click()
      await gone(dialog())
      await gone(row('LOG_LEVEL'))
      expect(await value('prod', '/', 'LOG_LEVEL')).toBe(`${CANARY}-debug`)
      await client.secrets.deleteMany.mutate({
        projectId,
        environment: 'prod',
        secrets: [{ key: 'LOG_LEVEL' }],
      })
      await put('dev', '/', { LOG_LEVEL: `${CANARY}-info`, REGION: `${CANARY}-eu` })
    })

    it('renames and moves a folder from the keyboard; its syncs and references follow', async () => {
      await page.goto(at('/secrets/dev?path=/api'))
      await see(row('PORT'))
      await button('More for folder /api').focus()
      await page.keyboard.press('Enter')
      await see(item('Rename'))
      await page.keyboard.press('r')
      // The menu moves the focus a moment after the key.
      await expect.poll(() => page.evaluate<string>("document.activeElement?.textContent ?? ''")).toContain('Rename')
      await page.keyboard.press('Enter')
      await dialog().getByLabel('Folder name').fill('service')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/secrets/dev?path=*service')
      await see(row('HOSTNAME'))
      expect(await value('prod', '/', 'FAR')).toBe(to('dev.service.HOSTNAME'))

      await folder('staging', '/', 'service')
      await folderMenu('/service', 'Move')
      await dialog().getByLabel('Environment').selectOption('staging')
      all().seen.expectRefusal('tree.moveFolder')
      await dialog().getByRole('button', { name: 'Move folder' }).click()
      await see(alert('already exists: "/service" in environment "staging"'))
      await dialog().getByLabel('Into folder').selectOption('/service')
      await dialog().getByRole('button', { name: 'Move folder' }).click()
      await page.waitForURL('**/secrets/staging?path=*service*service')
      await see(row('HOSTNAME'))
      const listed = await client.syncs.list.query({ projectId })
      expect(listed.map(({ environment, folder }) => `${environment?.slug}:${folder?.path}`)).toEqual(
        syncs.map(() => 'staging:/service/service'),
      )
      await folderMenu('/service/service', 'Move')
      await dialog().getByLabel('Environment').selectOption('dev')
      await dialog().getByRole('button', { name: 'Move folder' }).click()
      await page.waitForURL('**/secrets/dev?path=*service')
      await folderMenu('/service', 'Rename')
      await dialog().getByLabel('Folder name').fill('api')
      await dialog().getByRole('button', { name: 'Save folder' }).click()
      await page.waitForURL('**/secrets/dev?path=*api')
    })

    it('restores a folder to an earlier time, after showing what that changes', async () => {
      await put('dev', '/api', { PORT: `${CANARY}-2`, EXTRA: `${CANARY}-x` })
      await folderMenu('/api', 'History')
      await heading('Folder history')
      await see(page.getByRole('list', { name: 'Changes' }).getByText('EXTRA'))
      await screens.look('folder-history')
      await page.getByRole('button', { name: 'Restore to this point' }).first().click()
      await see(dialog().getByRole('list', { name: 'is deleted' }).getByText('EXTRA'))
      await see(dialog().getByRole('list', { name: 'gets its old value' }).getByText('PORT'))
      await screens.look('folder-restore')
      await dialog().getByRole('button', { name: 'Restore 2 secrets' }).click()
      await gone(dialog())
      expect(await value('dev', '/api', 'PORT')).toBe(`${CANARY}-1`)
      const { rows } = await client.secrets.rows.query({ projectId, environment: 'dev', secretPath: '/api' })
      expect(rows.map(({ key }) => key)).toEqual(['HOSTNAME', 'PORT', 'URL'])
      expect(await isInDocument(page, CANARY)).toBe(false)
    })
  })

  describe('search', () => {
    it('finds secrets by name or comment, folders and syncs of the whole project', async () => {
      await page.keyboard.press('Control+k')
      const search = page.getByPlaceholder('Go to a secret')
      await search.fill('inner')
      await see(page.getByRole('option', { name: 'INNER dev:/api/deep' }))
      await search.fill('without the port')
      await see(page.getByRole('option', { name: 'HOSTNAME' }))
      await search.fill('deep')
      await see(page.getByRole('option', { name: 'dev:/api/deep' }).first())
      await screens.look('search')
      await search.fill('inner')
      await see(page.getByRole('option', { name: 'INNER dev:/api/deep', selected: true }))
      await page.keyboard.press('Enter')
      await see(row('INNER'))
      expect(page.url()).toMatch(/path=[^&]*deep/)
      await page.getByLabel('Search secrets').fill('nothing')
      await gone(row('INNER'))
      await page.keyboard.press('Control+k')
      await search.fill('inner')
      await see(page.getByRole('option', { name: 'INNER dev:/api/deep', selected: true }))
      await page.keyboard.press('Enter')
      await see(row('INNER'))
    })
  })

  describe('comparing', () => {
    it('has a column for each environment, and shows no value before it is revealed', async () => {
      await page.goto(at('/secrets/dev'))
      await button('Compare').click()
      await see(row('DATABASE_URL').getByText('Different'))
      await see(button('Copy LOG_LEVEL to prod'))
      await see(row('INNER').getByText('/api/deep'))
      expect(await row('REGION').getByText('Different').count()).toBe(0)
      expect(await isInDocument(page, CANARY)).toBe(false)
      await button('Reveal DATABASE_URL in prod').click()
      await see(row('DATABASE_URL').getByText(`${CANARY}-prod-db`))
      await screens.look('compare')
      await button('Hide DATABASE_URL in prod').click()
      expect(await isInDocument(page, CANARY)).toBe(false)
      await page.getByLabel('Search keys').fill('inner')
      await gone(row('REGION'))
      await page.reload()
      await see(row('INNER'))
      expect(await row('REGION').count()).toBe(0)
    })

    it('fills what is missing at once, with the folders it needs, and asks before it overwrites', async () => {
      await button('Copy INNER to prod').click()
      await see(button('Reveal INNER in prod'))
      expect(await value('prod', '/api/deep', 'INNER')).toBe(`${CANARY}-inner`)
      await page.getByLabel('Search keys').fill('DATABASE')
      await button('Copy DATABASE_URL of prod').click()
      await item('Copy to dev').click()
      await see(dialog().getByText('dev:/ already has DATABASE_URL'))
      await dialog().getByRole('button', { name: 'Copy and overwrite 1' }).click()
      await gone(dialog())
      await gone(row('DATABASE_URL').getByText('Different'))
      expect(await value('dev', '/', 'DATABASE_URL')).toBe(`${CANARY}-prod-db`)
      await button('Edit DATABASE_URL in dev').click()
      await page.getByLabel('New value of DATABASE_URL').fill(`${CANARY}-db-3`)
      await page.getByLabel('New value of DATABASE_URL').press('Enter')
      await see(row('DATABASE_URL').getByText('Different'))
      expect(await value('dev', '/', 'DATABASE_URL')).toBe(`${CANARY}-db-3`)
      expect(await isInDocument(page, CANARY)).toBe(false)
    })
  })

  describe('deleting', () => {
    const contents = (): number[] => emulators.map(([, emulator]) => emulator.contents().size)

    it('shows who imports a folder, and waits until they do not', async () => {
      const imported = await client.imports.create.mutate({
        projectId,
        environment: 'staging',
        path: '/',
        import: { environment: 'dev', path: '/api' },
      })
      await page.goto(at('/secrets/dev?path=/api'))
      await folderMenu('/api', 'Delete')
      await see(alert('can’t be deleted while other folders import it').getByRole('link', { name: 'staging:/' }))
      const confirm = dialog().getByRole('button', { name: 'Delete folder /api' })
      expect(await confirm.isDisabled()).toBe(true)
      await page.keyboard.press('Escape')
      await client.imports.delete.mutate({ projectId, environment: 'staging', path: '/', importId: imported.id })
    })

    it('says so when a target refuses, and deletes nothing more', async () => {
      for (const [, emulator] of emulators) emulator.fail(1, { kind: 'status', status: 401 })
      await folderMenu('/api', 'Delete')
      await dialog().getByRole('radio', { name: 'Delete the keys at the destinations first' }).click()
      await dialog().getByRole('button', { name: 'Remove and delete' }).click()
      await see(page.getByText('Folder /api was not deleted'))
      await see(row('PORT'))
      expect(contents()).toEqual(syncs.map(() => 3))
      for (const [, emulator] of emulators) emulator.heal()
    })

    it('asks what becomes of the targets, removes everything first on request, and says what it waits for', async () => {
      const held = [...emulators].map(([, emulator]) => emulator.hold())
      await folderMenu('/api', 'Delete')
      const [first] = syncs
      await see(dialog().getByRole('link', { name: `to-${first?.destination}` }))
      await see(
        dialog()
          .getByText(`${3 * syncs.length} keys`)
          .first(),
      )
      await see(dialog().getByRole('link', { name: 'prod:/ FAR' }))
      expect(await dialog().getByRole('button', { name: 'Delete folder /api' }).isDisabled()).toBe(true)
      await screens.look('delete-folder')
      await dialog().getByRole('radio', { name: 'Delete the keys at the destinations first' }).click()
      await dialog().getByRole('button', { name: 'Remove and delete' }).click()
      await see(status(`Waiting for ${syncs.length} syncs to delete their keys`))
      await screens.look('folder-being-deleted')
      for (const release of held) release()
      // Requested by the open page while it waits.
      for (const call of ['folders.list', 'secrets.rows', 'imports.list']) all().seen.mayBeRefused(call)
      await heading('Folder /api doesn’t exist in dev')
      expect(contents()).toEqual(syncs.map(() => 0))
    })

    it('restores from the trash, and names what is taken meanwhile', async () => {
      await client.secrets.delete.mutate({ projectId, environment: 'dev', key: 'LOG_LEVEL' })
      await button('Open Trash').click()
      await see(row('api').getByText('Folder with 4 secrets'))
      await see(row('api').getByText(account.email).last())
      await see(
        row('api')
          .getByText(/^in \d+ \w+$/)
          .last(),
      )
      await screens.look('trash')
      await put('dev', '/', { LOG_LEVEL: `${CANARY}-new` })
      all().seen.expectRefusal('history.restore')
      await page.getByRole('checkbox', { name: 'Select all' }).click()
      await page.getByRole('button', { name: /^Restore \d+ items$/ }).click()
      await see(alert('Secret already exists: LOG_LEVEL'))
      await see(status('back').getByRole('link', { name: 'dev:/api', exact: true }))
      await gone(row('api'))
      await see(row('LOG_LEVEL').first())
      await screens.look('trash-restored')
      expect(await value('dev', '/api/deep', 'INNER')).toBe(`${CANARY}-inner`)
      await page.getByLabel('Environment').selectOption('staging')
      await see(page.getByText('Nothing in the trash matches.'))
    })

    it('deletes an environment and leaves the targets as they are when told to', async () => {
      const [[destination, emulator] = ['', undefined]] = emulators
      if (!emulator) throw new Error('no destination')
      const [connection] = await client.connections.list.query({ projectId })
      const own = (await client.connections.list.query({ projectId })).find(
        (connection) => connection.destination === destination,
      )
      const sync = await client.syncs.create.mutate({
        projectId,
        environment: 'dev',
        secretPath: '/api',
        destination,
        name: 'again',
        connectionId: own?.id ?? connection?.id ?? '',
        target: emulator.target,
        options: {},
      })
      await settled(client, projectId, [{ destination, syncId: sync.id }], LIMIT_MS)
      const held = emulator.contents()
      expect(held.size).toBeGreaterThan(0)
      await go('Settings')
      await button('Delete Development').click()
      await dialog().getByRole('radio', { name: 'Keep the keys at the destinations' }).click()
      await see(dialog().getByText('References to it will no longer resolve'))
      const confirm = dialog().getByRole('button', { name: 'Delete environment Development' })
      expect(await confirm.isDisabled()).toBe(true)
      await dialog().getByLabel('Type dev to confirm').fill('dev')
      await screens.look('delete-environment')
      await confirm.click()
      await gone(dialog())
      await gone(page.getByRole('link', { name: 'Development' }))
      expect(emulator.contents()).toEqual(held)
      expect(await client.syncs.list.query({ projectId })).toEqual([])
    })

    it('brings a deleted environment back with what it held', async () => {
      await go('Trash')
      await screens.look('trash-environment')
      await button('Restore environment dev').click()
      await gone(page.getByRole('list', { name: 'Deleted environments' }))
      expect(await value('dev', '/api/deep', 'INNER')).toBe(`${CANARY}-inner`)
      await go('Settings')
      await expect.poll(environments).toEqual(['Staging', 'Quality & tests', 'Production', 'Development'])
    })

    it('deletes a project once its name was typed', async () => {
      await button('Delete project').click()
      await dialog().getByLabel('Type Checkout service to confirm').fill('Checkout service')
      await dialog().getByRole('button', { name: 'Delete project Checkout service' }).click()
      await heading('Create your first project')
      expect(await client.projects.list.query()).toEqual([])
    })
  })

  it('has nothing that axe objects to', () => expect(screens.violations).toEqual([]))

  it('fits a phone 360 pixels wide', () => expect(screens.tooWide).toEqual([]))
})
