/** What is deleted by hand: folders and environments with what is synced from them, and back from the trash. */
import type { KeyferryClient } from '@keyferry/client'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Account, SyncRef } from '@keyferry/server/demo/setup'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { IN_ORDER, oneConsole } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { CANARY, projectTree, type ProjectTree } from './project-tree.ts'
import type { Screens } from './screens.ts'

/** Screens are checked on the way, on cores that other suites use too. */
const TEST_MS = 120_000

describe.skipIf(whyNoBrowser !== null)(suiteName('deletion'), { ...IN_ORDER, timeout: TEST_MS }, () => {
  const all = oneConsole()
  const tree = projectTree(all, 'screens-deletion')
  let page: Page
  let screens: Screens
  let client: KeyferryClient
  let projectId: string
  let account: Account
  let emulators: ProjectTree['emulators']
  let syncs: SyncRef[]
  let at: ProjectTree['at']
  let put: ProjectTree['put']
  let value: ProjectTree['value']
  let atRest: ProjectTree['atRest']
  const { button, row, dialog, alert, go } = pageObject(() => page)
  const heading = (name: string): Promise<void> => see(page.getByRole('heading', { name, exact: true }))
  const item = (name: string): Locator => page.getByRole('menuitem', { name, exact: true })
  const status = (text: string): Locator => page.getByRole('status').filter({ hasText: text })
  const environments = (): Promise<string[]> =>
    page.getByRole('list', { name: 'Environments' }).getByRole('listitem').getByRole('link').allTextContents()
  /** From the menu of the folder that is open. */
  const folderMenu = async (path: string, name: string): Promise<void> => {
    await button(`More for folder ${path}`).click()
    await item(name).click()
  }

  beforeAll(() => {
    ;({ page, screens, client, projectId, account, emulators, syncs, at, put, value, atRest } = tree())
  })

  const contents = (): number[] => emulators.map(([, emulator]) => emulator.contents().size)

  it('shows who imports a folder, and waits until they do not', async () => {
    const imported = await client.imports.create.mutate({
      projectId,
      environment: 'staging',
      path: '/',
      import: { environment: 'dev', path: '/api' },
    })
    await visit(page, at('/secrets/dev?path=/api'))
    await folderMenu('/api', 'Delete')
    await see(alert('can’t be deleted while other folders import it').getByRole('link', { name: 'staging:/' }))
    await screens.keep('folder-imported')
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
    // At the top: the buttons of the next dialog are at the bottom of a phone.
    await see(page.locator('[data-y-position=top]').getByText('Folder /api was not deleted'))
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
    for (const call of ['folders.list', 'secrets.rows', 'imports.list', 'delivery.folder'])
      all().seen.mayBeRefused(call)
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
    await see(status('restored').getByRole('link', { name: 'dev:/api', exact: true }))
    await gone(row('api'))
    await see(row('LOG_LEVEL').first())
    await screens.look('trash-restored')
    expect(await value('dev', '/api/deep', 'INNER')).toBe(`${CANARY}-inner`)
    await page.getByLabel('Environment').selectOption('staging')
    await see(page.getByText('Nothing in the trash matches.'))
    await screens.keep('trash-no-match')
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
    await atRest([{ destination, syncId: sync.id }])
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
    await expect.poll(environments).toEqual(['Staging', 'Production', 'Development'])
  })

  it('keeps what is typed in a folder that somebody else deletes', async () => {
    const place = { projectId, environment: 'staging', path: '/' }
    await client.folders.create.mutate({ ...place, name: 'brief' })
    await put('staging', '/brief', { SHORT: `${CANARY}-short` })
    await visit(page, at('/secrets/staging?path=/brief'))
    await button('Edit SHORT').click()
    await page.getByLabel('New value of SHORT').fill('typed')
    all().seen.mayBeRefused('brief')
    await client.folders.delete.mutate({ ...place, folderIdOrName: 'brief' })
    // Of a change anywhere, the open page reads its folder again.
    await put('staging', '/', { LATER: `${CANARY}-later` })
    await see(page.getByText('couldn’t refresh this page'))
    expect(await page.getByLabel('New value of SHORT').inputValue()).toBe('typed')
    await page.getByLabel('New value of SHORT').press('Escape')
    await button('Refresh now').click()
    await see(page.getByText('Folder /brief doesn’t exist in staging'))
    await go('Settings')
  })

  it('deletes a project once its name was typed', async () => {
    await button('Delete project').click()
    await dialog().getByLabel('Type Checkout to confirm').fill('Checkout')
    await screens.keep('delete-project')
    await dialog().getByRole('button', { name: 'Delete project Checkout' }).click()
    await heading('Create your first project')
    expect(await client.projects.list.query()).toEqual([])
  })
})
