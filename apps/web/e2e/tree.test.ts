/** The tree of a project, by hand: settings, folders, moves, history, search and comparison. */
import { readFile } from 'node:fs/promises'
import type { KeyferryClient } from '@keyferry/client'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { SyncRef } from '@keyferry/server/demo/setup'
import { suiteName, VIEW, whyNoBrowser } from './chromium.ts'
import { IN_ORDER, oneConsole } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { CANARY, projectTree, to, type ProjectTree } from './project-tree.ts'
import type { Screens } from './screens.ts'
import { isInDocument } from './browser-monitor.ts'

/** Screens are checked on the way, on cores that other suites use too. */
const TEST_MS = 120_000

describe.skipIf(whyNoBrowser !== null)(suiteName('the tree'), { ...IN_ORDER, timeout: TEST_MS }, () => {
  const all = oneConsole()
  const tree = projectTree(all, 'screens-tree')
  let page: Page
  let screens: Screens
  let client: KeyferryClient
  let projectId: string
  let syncs: SyncRef[]
  let at: ProjectTree['at']
  let put: ProjectTree['put']
  let value: ProjectTree['value']
  let folder: ProjectTree['folder']
  const { button, tab, row, dialog, alert, go } = pageObject(() => page)
  const heading = (name: string): Promise<void> => see(page.getByRole('heading', { name, exact: true }))
  const item = (name: string): Locator => page.getByRole('menuitem', { name, exact: true })
  const environments = (): Promise<string[]> =>
    page.getByRole('list', { name: 'Environments' }).getByRole('listitem').getByRole('link').allTextContents()
  /** From the menu of the folder that is open. */
  const folderMenu = async (path: string, name: string): Promise<void> => {
    await button(`More for folder ${path}`).click()
    await item(name).click()
  }

  beforeAll(() => {
    ;({ page, screens, client, projectId, syncs, at, put, value, folder } = tree())
  })

  it('says in a project without environments how to get one', async () => {
    const empty = await client.projects.create.mutate({ name: 'Empty', withDefaultEnvironments: false })
    for (const path of ['', '/secrets']) {
      await visit(page, `/p/${empty.id}${path}`)
      await heading('This project has no environment')
    }
    await screens.keep('no-environment')
    await button('Add an environment').click()
    await see(page.getByText('This project has no environment yet'))
    await client.projects.delete.mutate({ projectId: empty.id })
    await visit(page, at(''))
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
      await screens.keep('slug-taken')
      // What is typed is not lost by a wrong click.
      await go('Trash')
      await see(dialog())
      await screens.keep('leave-question')
      await dialog().getByRole('button', { name: 'Stay on this page' }).click()
      await page.getByRole('region', { name: 'Project', exact: true }).getByLabel('Slug').fill('checkout')
      await button('Save project').click()
      await see(button('Checkout service. Switch project'))
      expect(await client.projects.get.query({ projectId })).toMatchObject({
        name: 'Checkout service',
        slug: 'checkout',
      })
      await client.projects.delete.mutate({ projectId: other.id })

      // Only what is typed is saved: somebody else changed the slug meanwhile.
      await page.getByLabel('Description').fill('Takes the money')
      await client.projects.update.mutate({ projectId, slug: 'money-desk' })
      await button('Save project').click()
      await expect.poll(() => page.getByLabel('Slug', { exact: true }).inputValue()).toBe('money-desk')
      expect(await client.projects.get.query({ projectId })).toMatchObject({
        slug: 'money-desk',
        description: 'Takes the money',
      })
    })

    it('add, order and rename environments; what refers to one follows', async () => {
      await button('Add environment').click()
      await dialog().getByLabel('Environment name').fill('Quality & tests')
      expect(await dialog().getByLabel('Slug').inputValue()).toBe('quality-tests')
      await screens.keep('environment-new')
      await dialog().getByRole('button', { name: 'Add environment' }).click()
      await see(page.getByRole('link', { name: 'Quality & tests' }))
      await button('Move Quality & tests up').click()
      await expect.poll(environments).toEqual(['Development', 'Staging', 'Quality & tests', 'Production'])

      await button('Rename Development').click()
      await dialog().getByLabel('Slug').fill('prod')
      all().seen.expectRefusal('environments.update')
      await dialog().getByRole('button', { name: 'Save environment' }).click()
      await see(alert('already taken by environment "Production"'))
      await screens.keep('environment-slug-taken')
      await dialog().getByLabel('Slug').fill('main')
      await dialog().getByRole('button', { name: 'Save environment' }).click()
      await gone(dialog())
      expect(await value('prod', '/', 'FAR')).toBe(to('main.api.HOST'))
      const [{ id: environmentId } = { id: '' }] = (await client.projects.get.query({ projectId })).environments
      await client.environments.update.mutate({ projectId, environmentId, slug: 'dev' })
      await page.reload()
      await see(page.getByText('dev', { exact: true }))
      await see(page.getByLabel('Project name'))
      await screens.look('settings')
    })
  })

  describe('folders', () => {
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
      await visit(page, at('/secrets/staging?path=/many'))
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
      // Pressed again, since the page of a busy machine once stood at its top after it.
      const goToEnd = async () => {
        await page.keyboard.press('End')
        return row(arabic).isVisible()
      }
      await expect.poll(goToEnd).toBe(true)
      await see(page.getByText('402 selected'))
      await button('Clear selection').click()
      // What is typed in a row stays, however far the row is scrolled away.
      await button('Edit KEY_399').click()
      await page.getByLabel('New value of KEY_399').fill('typed')
      await page.evaluate('scrollTo(0, 0)')
      await see(row('KEY_000'))
      // Nothing covers a tooltip, such as the head of the table above the first row.
      await button('Reveal KEY_000').hover()
      await page.getByRole('tooltip').hover({ trial: true })
      await gone(row('KEY_398'))
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
      await see(row('KEY_398'))
      const typed = () => page.getByLabel('New value of KEY_399').inputValue()
      expect(await typed()).toBe('typed')
      // However few rows a search leaves, and wherever others move it.
      await page.getByLabel('Search secrets').fill('KEY_39')
      await gone(row('KEY_000'))
      expect(await typed()).toBe('typed')
      await page.getByLabel('Search secrets').fill('')
      await see(page.getByText('402 secrets', { exact: true }))
      expect(await typed()).toBe('typed')
      await page.getByLabel('New value of KEY_399').press('Escape')
      await button('More for KEY_399').click()
      await item('Edit details').click()
      await dialog().getByLabel('Comment').fill('typed')
      const others = Array.from({ length: 700 }, (_, index) => `ANOTHER_${index}`)
      await client.secrets.paste.mutate({ ...many, content: others.map((key) => `${key}=${CANARY}`).join('\n') })
      await see(page.getByText('1,102 secrets', { exact: true }))
      expect(await dialog().getByLabel('Comment').inputValue()).toBe('typed')
      // Also beyond the first thousand, which is what one answer has.
      await see(page.locator('tr[aria-label=KEY_399]').getByText('Not synced'))
      await screens.keep('details-over-search')
      await client.secrets.deleteMany.mutate({ ...many, secrets: others.map((key) => ({ key })) })
      await see(page.getByText('402 secrets', { exact: true }))
      await dialog().getByRole('button', { name: 'Cancel' }).click()
      await page.getByLabel('Search secrets').fill('LONG_')
      await see(page.getByText('1 of 402 secrets'))
      // What is cut off is a pointer away.
      // At its beginning: the browser test would scroll the middle of it into view, which hides the tooltip.
      await row(long)
        .getByText(long)
        .hover({ position: { x: 10, y: 5 } })
      await see(page.getByRole('tooltip').filter({ hasText: long }))
      await button(`Edit ${long}`).click()
      await expect.poll(async () => (await page.getByLabel(`New value of ${long}`).inputValue()).length).toBe(65_000)
      await screens.look('long-secret')
      await page.keyboard.press('Escape')

      await button('Folders').click()
      const tree = page.getByRole('list', { name: 'Folders' }).getByRole('link')
      await expect.poll(() => tree.count()).toBeGreaterThanOrEqual(300)
      await screens.keep('folder-tree')
      const current = (place: Locator) => place.locator('[aria-current]').allTextContents()
      expect(await current(page.getByRole('list', { name: 'Folders' }))).toEqual(['many402'])
      expect(await current(page.getByRole('navigation', { name: 'Breadcrumb' }))).toEqual(['/many'])
      await page.getByLabel('Search folders').fill('folder-29')
      await expect.poll(() => tree.allTextContents()).toHaveLength(9)
      await page.keyboard.press('Escape')
      await button('Add import').click()
      const from = dialog().getByRole('combobox', { name: 'From secret path' })
      expect(await dialog().getByLabel('From environment').inputValue()).toBe('staging')
      await screens.keep('add-import')
      expect(await from.getAttribute('data-value')).toBe('/many')
      expect(await dialog().getByRole('button', { name: 'Import', exact: true }).isEnabled()).toBe(false)
      await dialog().getByLabel('From environment').selectOption('prod')
      expect(await from.getAttribute('data-value')).toBe('/many')
      await page.keyboard.press('Escape')
      await button('Paste .env').click()
      await all().context.grantPermissions(['clipboard-read', 'clipboard-write'])
      await page.evaluate("navigator.clipboard.writeText('HUGE=' + 'x'.repeat(1_999_000))")
      await page.getByLabel('File content').press('Control+V')
      await see(page.getByText('2.0 million characters'))
      await see(page.getByRole('list', { name: 'Skipped' }).getByText('HUGE'))
      await button('Clear').click()
      await page.getByRole('main').getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('checkbox', { name: 'Select all' }).click()
      await button('Delete 402 secrets').click()
      await dialog().getByRole('button', { name: 'Delete 402 secrets' }).click()
      await heading('No secrets in this folder yet')
      await button('Undo').click()
      await see(page.getByText('Restored 402 secrets.'))
      await see(page.getByText('402 secrets', { exact: true }))
      await client.folders.delete.mutate({ projectId, environment: 'staging', path: '/', folderIdOrName: folderId })
    })

    it('selects a range and exports it, and keeps the folder in another environment', async () => {
      for (const call of ['folders.list', 'secrets.rows', 'imports.list', 'delivery.folder'])
        all().seen.mayBeRefused(call)
      await visit(page, at('/secrets/dev?path=/api'))
      await page.getByRole('tab', { name: 'Staging' }).click()
      await heading('Folder /api doesn’t exist in staging')
      await screens.keep('missing-folder')
      await see(tab('Staging').and(page.locator(':focus')))
      await button('Create /api in staging').click()
      await heading('No secrets in this folder yet')
      await visit(page, at('/secrets/dev'))
      await page.getByRole('checkbox', { name: 'Select DATABASE_URL' }).click()
      await page.getByRole('checkbox', { name: 'Select REGION' }).click({ modifiers: ['Shift'] })
      await see(page.getByText('3 selected'))
      await button('Export 3 secrets').click()
      await see(dialog().getByLabel('Format'))
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
      await screens.keep('move-refused')
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
      // What somebody else deletes meanwhile is named; no dialog closes on its own.
      await put('dev', '/', { GOING: 'x' })
      await page.getByRole('checkbox', { name: 'Select GOING' }).click()
      await button('Move 1 secret').click()
      await dialog().getByLabel('Environment').selectOption('prod')
      await client.secrets.deleteMany.mutate({ projectId, environment: 'dev', secrets: [{ key: 'GOING' }] })
      await expect.poll(() => page.getByText('3 secrets', { exact: true }).count()).toBe(1)
      all().seen.expectRefusal('tree.moveSecrets')
      await dialog().getByRole('button', { name: 'Move GOING' }).click()
      await see(alert('not found in dev:/: GOING'))
      await screens.keep('move-gone')
      await dialog().getByRole('button', { name: 'Cancel' }).click()
      await gone(row('GOING'))
    })

    it('renames and moves a folder from the keyboard; its syncs and references follow', async () => {
      await visit(page, at('/secrets/dev?path=/api'))
      await see(row('PORT'))
      await button('More for folder /api').focus()
      await page.keyboard.press('Enter')
      await see(item('Rename'))
      await screens.keep('folder-menu')
      await page.keyboard.press('r')
      // The menu moves the focus a moment after the key.
      await expect.poll(() => page.evaluate<string>("document.activeElement?.textContent ?? ''")).toContain('Rename')
      await page.keyboard.press('Enter')
      await dialog().getByLabel('Folder name').fill('service')
      await screens.keep('folder-rename')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/secrets/dev?path=*service')
      await see(row('HOST'))
      expect(await value('prod', '/', 'FAR')).toBe(to('dev.service.HOST'))

      await folder('staging', '/', 'service')
      await folderMenu('/service', 'Move')
      await dialog().getByLabel('Environment').selectOption('staging')
      await screens.keep('folder-move')
      all().seen.expectRefusal('tree.moveFolder')
      await dialog().getByRole('button', { name: 'Move folder' }).click()
      await see(alert('already exists: "/service" in environment "staging"'))
      await dialog().getByRole('combobox', { name: 'Into folder' }).click()
      await page.getByRole('combobox', { name: 'Into folder' }).and(page.getByPlaceholder('Search')).fill('serv')
      await page.keyboard.press('Enter')
      await dialog().getByRole('button', { name: 'Move folder' }).click()
      await page.waitForURL('**/secrets/staging?path=*service*service')
      await see(row('HOST'))
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
      expect(rows.map(({ key }) => key)).toEqual(['HOST', 'PORT', 'URL'])
      expect(await isInDocument(page, CANARY)).toBe(false)
    })
  })

  describe('search', () => {
    it('finds secrets by name or comment, folders and syncs of the whole project', async () => {
      const commented = { projectId, environment: 'dev', secretPath: '/api', key: 'HOST', comment: 'Without the port.' }
      await client.secrets.update.mutate(commented)
      // What is typed before the code of the palette has come is neither lost nor a shortcut.
      const held = Promise.withResolvers<void>()
      await page.route(/command-palette/, async (route) => {
        await held.promise
        await route.continue()
      })
      await visit(page, at('/secrets/dev'))
      await page.keyboard.press('Control+k')
      await page.keyboard.type('innn')
      await page.keyboard.press('Backspace')
      held.resolve()
      const search = page.getByPlaceholder('Go to a secret')
      await expect.poll(() => search.inputValue()).toBe('inn')
      await page.unrouteAll()
      await page.keyboard.type('er')
      expect(await search.inputValue()).toBe('inner')
      await see(page.getByRole('option', { name: 'INNER dev:/api/deep' }))
      await search.fill('without the port')
      await see(page.getByRole('option', { name: 'HOST' }))
      await search.fill('deep')
      await see(page.getByRole('option', { name: 'dev:/api/deep' }).first())
      await screens.look('search')
      await search.fill('inner')
      const named = () => page.evaluate<string>("document.activeElement?.ariaActiveDescendantElement?.innerText ?? ''")
      await expect.poll(named).toMatch(/^INNER\s+dev:/)
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
      // A page is remembered under its own name, not under that of the page before it.
      for (const path of ['/trash', '/access']) await visit(page, at(path))
      await heading('Access')
      await visit(page, at('/secrets/dev'))
      await page.keyboard.press('Control+k')
      const recent = page.getByRole('group', { name: 'Recent' })
      await see(recent)
      await screens.keep('palette-recent')
      expect(await recent.getByRole('option', { name: 'Trash' }).count()).toBe(1)
      await page.keyboard.press('Escape')
    })

    it('does what was pressed, though matches arrive before the release', async () => {
      const held = Promise.withResolvers<void>()
      await page.route(/\/api\/trpc\/[^?]*tree\.search/, async (route) => {
        await held.promise
        await route.continue()
      })
      await page.keyboard.press('Control+k')
      await page.getByPlaceholder('Go to a secret').fill('o')
      const asked = page.waitForRequest(/tree\.search/)
      await page.getByRole('option', { name: 'Connections' }).hover()
      await asked
      await page.mouse.down()
      held.resolve()
      await see(page.getByRole('option', { name: 'LOG_LEVEL' }).first())
      await page.mouse.up()
      await heading('Connections')
      await page.unrouteAll()
    })
  })

  describe('comparing', () => {
    it('has a column for each environment, and shows no value before it is revealed', async () => {
      await visit(page, at('/secrets/dev'))
      await button('Compare').click()
      await see(row('DATABASE_URL').getByText('Different'))
      await see(button('Copy LOG_LEVEL to prod'))
      await see(row('INNER').getByText('/api/deep'))
      expect(await row('REGION').getByText('Different').count()).toBe(0)
      expect(await isInDocument(page, CANARY)).toBe(false)
      await button('Reveal DATABASE_URL in prod').click()
      await see(row('DATABASE_URL').getByText(`${CANARY}-prod-database-of-checkout`))
      await see(button('Expand DATABASE_URL in prod'))
      await screens.look('compare')
      // On a phone the environments stand below each other.
      await page.setViewportSize({ width: 360, height: 740 })
      const widest = page
        .getByRole('table', { name: 'Comparison' })
        .evaluate((t: { scrollWidth: number }) => t.scrollWidth)
      expect(await widest).toBeLessThan(360)
      await page.setViewportSize(VIEW.viewport)
      await button('Hide DATABASE_URL in prod').click()
      expect(await isInDocument(page, CANARY)).toBe(false)
      await page.getByLabel('Search keys').fill('inner')
      await gone(row('REGION'))
      await page.waitForURL(/q=inner/)
      await page.reload()
      await see(row('INNER'))
      expect(await row('REGION').count()).toBe(0)
    })

    it('fills what is missing at once, with the folders it needs, and asks before it overwrites', async () => {
      await button('Copy INNER to prod').click()
      await see(button('Reveal INNER in prod'))
      expect(await value('prod', '/api/deep', 'INNER')).toBe(`${CANARY}-inner`)
      await page.getByLabel('Search keys').fill('DATABASE')
      await button('Copy DATABASE_URL of prod to another environment').click()
      await item('Copy to dev').click()
      await see(dialog().getByText('dev:/ already has DATABASE_URL'))
      await screens.keep('copy-overwrites')
      await dialog().getByRole('button', { name: 'Copy and overwrite 1' }).click()
      await gone(dialog())
      await gone(row('DATABASE_URL').getByText('Different'))
      expect(await value('dev', '/', 'DATABASE_URL')).toBe(`${CANARY}-prod-database-of-checkout`)
      await button('Edit DATABASE_URL in dev').click()
      await page.getByLabel('New value of DATABASE_URL').fill(`${CANARY}-db-3`)
      // A search for something else leaves the row that is edited.
      await page.getByLabel('Search keys').fill('INNER')
      await see(row('INNER'))
      await page.getByLabel('New value of DATABASE_URL').press('Enter')
      await gone(row('DATABASE_URL'))
      await page.getByLabel('Search keys').fill('DATABASE')
      await see(row('DATABASE_URL').getByText('Different'))
      expect(await value('dev', '/', 'DATABASE_URL')).toBe(`${CANARY}-db-3`)
      expect(await isInDocument(page, CANARY)).toBe(false)
    })
  })
})
