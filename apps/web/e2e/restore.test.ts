/**
 * What a sync's page says of a sync that stands still, and going back to an earlier run. The tests continue where the
 * one before them ended.
 */
import type { KeyferryClient } from '@keyferry/client'
import { representatives, type Emulator } from '@keyferry/core/emulators'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settled } from '@keyferry/server/demo'
import { clientOf, createSync, type Account, type Source, type SyncRef } from '@keyferry/server/demo/setup'
import { suiteName, whyNoBrowser } from './chromium.ts'
import { IN_ORDER, setUpByApi, oneConsole } from './console.ts'
import { gone, pageObject, see, visit } from './page-object.ts'
import { openScreens, type Screens } from './screens.ts'

const LIMIT_MS = 60_000
const LIMIT = { timeout: LIMIT_MS }
const TIMEOUT = { timeout: 300_000 }
const CANARY = 'canary'
const [[name, startEmulator] = ['', undefined]] = [...(await representatives())]

describe.skipIf(whyNoBrowser !== null)(suiteName('going back, and standing still'), IN_ORDER, () => {
  const all = oneConsole()
  let page: Page
  let account: Account
  let client: KeyferryClient
  let emulator: Emulator
  let source: Source
  let sync: SyncRef
  let home: string
  let screens: Screens
  let there: Emulator | null = null
  const { button, tab, alert, fact } = pageObject(() => page)
  const note = (title: string | RegExp) => page.getByRole('note').filter({ hasText: title })

  beforeAll(async () => {
    const { seen, vendors } = all()
    page = all().page
    screens = await openScreens(page, 'screens-restore')
    const started = vendors.get(name)
    if (!started) throw new Error(`no emulator of ${name}`)
    emulator = started
    ;({ account, client } = await setUpByApi(all()))
    seen.keepSecret(CANARY)
    const project = await client.projects.create.mutate({ name: 'Checkout' })
    source = { projectId: project.id, environment: 'dev', secretPath: '/' }
  })
  afterAll(async () => {
    await there?.close()
    if (!screens) return
    expect(screens.violations).toEqual([])
    expect(screens.tooWide).toEqual([])
  })

  const put = async (secrets: Record<string, string>, secretPath = '/'): Promise<void> => {
    await client.secrets.updateMany.mutate({
      ...source,
      secretPath,
      mode: 'upsert',
      secrets: Object.entries(secrets).map(([key, value]) => ({ key, value: `${CANARY}-${value}` })),
    })
  }
  const atRest = (): Promise<void> => settled(client, source.projectId, [sync], LIMIT_MS)
  const holds = (values: Record<string, string>): Promise<void> =>
    expect
      .poll(() => Object.fromEntries(emulator.contents()), LIMIT)
      .toEqual(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, `${CANARY}-${value}`])))
  const restoring = (): string | null => new URL(page.url()).searchParams.get('restore')

  it('shows what going back to a run would change, and what it cannot bring back', TIMEOUT, async () => {
    await client.folders.create.mutate({ projectId: source.projectId, environment: 'dev', name: 'shared', path: '/' })
    await put({ REGION: 'eu' }, '/shared')
    await client.imports.create.mutate({ ...source, path: '/', import: { environment: 'dev', path: '/shared' } })
    await put({ KEPT: 'same', CHANGED: 'then', LOST: 'then' })
    sync = await createSync(client, source, name, emulator)
    await atRest()
    await holds({ REGION: 'eu', KEPT: 'same', CHANGED: 'then', LOST: 'then' })
    await put({ CHANGED: 'now', NEWER: 'now' })
    await client.secrets.delete.mutate({ ...source, key: 'LOST' })
    await put({ REGION: 'us' }, '/shared')
    await atRest()

    home = `/p/${source.projectId}/syncs/${name}/${sync.syncId}`
    await visit(page, home)
    await tab('Runs').click()
    const runs = page.getByRole('tabpanel', { name: 'Runs' })
    await see(runs.getByRole('row').filter({ hasText: 'Sync created' }))
    await runs.getByRole('row').filter({ hasText: 'Sync created' }).getByRole('button').first().click()
    await screens.look('run')
    await button('Roll back to this run').click()
    await see(page.getByRole('heading', { name: 'Roll back to this run' }))
    const changes = page.getByRole('list', { name: 'What changes' }).getByRole('listitem')
    await see(changes.first())
    expect((await changes.allTextContents()).map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      'DeleteNEWERAt the destination: deletes NEWER',
      'ChangeCHANGEDAt the destination: updates CHANGED',
      'AddLOSTAt the destination: creates LOST',
    ])
    await see(
      page
        .getByRole('list', { name: 'Keys that can’t be restored' })
        .getByRole('listitem')
        .filter({ hasText: 'REGION: it comes from dev:/shared, where it has changed since' }),
    )
    await see(page.getByText('1 added, 1 changed, 1 deleted, 1 key unchanged.'))
    await screens.look('restore')
    expect(restoring()).not.toBeNull()
    await page.reload()
    await see(changes.first())
  })

  it('writes exactly what was reviewed, and the target follows', TIMEOUT, async () => {
    await client.secrets.update.mutate({ ...source, key: 'KEPT', value: `${CANARY}-meanwhile` })
    all().seen.expectRefusal('syncs.restore')
    await button('Approve, write 2 and delete 1 secret').click()
    await see(alert('has changed'))
    await screens.keep('restore-changed')
    await see(page.getByText('1 added, 2 changed, 1 deleted'))
    // The plan is fetched again when the window gets the focus: a press counts meanwhile too.
    const isPreview = /syncs\.restorePreview/
    await page.route(isPreview, () => {
      // Goes on to the server once it is no longer routed.
    })
    const again = page.waitForRequest(isPreview)
    await page.evaluate("dispatchEvent(new Event('visibilitychange'))")
    await again
    await button('Approve, write 3 and delete 1 secret').click()
    await holds({ REGION: 'us', KEPT: 'same', CHANGED: 'then', LOST: 'then' })
    await atRest()
    await expect.poll(restoring).toBeNull()
    await page.unroute(isPreview)
    await see(
      page.getByRole('tabpanel', { name: 'Runs' }).getByRole('row').filter({ hasText: 'A secret changed' }).first(),
    )

    await visit(page, `/p/${source.projectId}/activity?what=secret-sync-restore`)
    await see(
      page.getByRole('row', {
        name: /rolled .* back to an earlier run: added LOST, changed CHANGED and KEPT, removed NEWER/,
      }),
    )
  })

  it('says why a run cannot be gone back to', TIMEOUT, async () => {
    await client.secrets.create.mutate({ ...source, key: 'BROKEN', value: ['$', '{NOT_THERE}'].join('') })
    await atRest()
    const [blocked] = await client.syncs.runs.query(sync)
    expect(blocked).toMatchObject({ state: 'blocked', restorable: false })
    await visit(page, `${home}?tab=runs&run=${blocked?.id}`)
    await see(page.getByText('Nothing was written in this run.'))
    expect(await button('Roll back to this run').count()).toBe(0)
    all().seen.expectRefusal('syncs.restorePreview')
    await visit(page, `${home}?tab=runs&restore=${blocked?.id}`)
    await see(alert('did not write to the destination'))
    await screens.look('restore-refused')
    await client.secrets.delete.mutate({ ...source, key: 'BROKEN' })
    await atRest()
  })

  it(
    'names the owner of a sync that is blocked for access, and lets someone with access take it over',
    TIMEOUT,
    async () => {
      const machine = await client.identities.create.mutate({ name: 'deployer', role: 'admin' })
      const { clientId } = await client.universalAuth.attach.mutate({ identityId: machine.id })
      const { clientSecret } = await client.universalAuth.createSecret.mutate({ identityId: machine.id })
      const { accessToken: token } = await client.universalAuth.login.mutate({ clientId, clientSecret })
      await visit(page, `/p/${source.projectId}/connections`)
      await client.syncs.delete.mutate({ ...sync, removeSecrets: true })
      await expect.poll(() => client.syncs.list.query({ projectId: source.projectId }), LIMIT).toEqual([])
      const [connection] = await client.connections.list.query({})
      await client.connections.delete.mutate({ destination: name, connectionId: connection?.id ?? '' })
      sync = await createSync(clientOf(all().url, { ...account, token }), source, name, emulator)
      await atRest()
      home = `/p/${source.projectId}/syncs/${name}/${sync.syncId}`
      await visit(page, home)
      await see(fact(/^In sync/))
      await client.identities.delete.mutate({ identityId: machine.id })
      await see(alert('Access to the source or the connection was lost'))
      await see(fact(/^Needs attention/))
      await screens.look('blocked-access')
      await button('Take over and sync now').click()
      await gone(alert('Access to the source'))
      await see(fact(/^In sync/))
      await put({ CHANGED: 'by-ana' })
      await expect.poll(() => emulator.contents().get('CHANGED'), LIMIT).toBe(`${CANARY}-by-ana`)
    },
  )

  it('says that repairs stopped, and starts them again', TIMEOUT, async () => {
    await atRest()
    await client.syncs.update.mutate({ ...sync, options: { driftRepair: true } })
    await atRest()
    const looked = async (): Promise<void> => {
      const before = (await client.syncs.get.query(sync)).drift?.checkedAt ?? ''
      emulator.remove('KEPT')
      await client.syncs.checkDrift.mutate(sync)
      await expect.poll(async () => (await client.syncs.get.query(sync)).drift?.checkedAt ?? '', LIMIT).not.toBe(before)
    }
    for (let time = 0; time < 3; time++) await looked()
    await see(alert('Automatic repair is paused').getByText('KEPT drifted 3 times'))
    await see(fact(/^Needs attention/))
    await screens.look('repairs-stopped')
    await button('Repair and resume').click()
    await gone(alert('Automatic repair is paused'))
    await expect.poll(() => emulator.contents().has('KEPT'), LIMIT).toBe(true)
  })

  it('shows what has not left its old place, and tries again when asked', TIMEOUT, async () => {
    await atRest()
    there = (await startEmulator?.()) ?? null
    if (!there) throw new Error(`no emulator of ${name}`)
    const connection = await client.connections.create.mutate({
      destination: name,
      name: 'elsewhere',
      credentials: there.credentials,
      projectId: source.projectId,
    })
    for (let n = 1; n <= 60; n++) emulator.fail(n, { kind: 'status', status: 401 })
    await client.syncs.update.mutate({ ...sync, connectionId: connection.id })
    await see(alert('could not be deleted at the previous destination').getByText('yet:'))
    await screens.look('leaving')
    emulator.heal()
    await button('Try now').click()
    await gone(alert('at the previous destination'))
    await expect.poll(() => emulator.contents().size, LIMIT).toBe(0)
    expect(there.contents().get('CHANGED')).toBe(`${CANARY}-by-ana`)
  })

  it('says that it is taken away with what it wrote, what waits for that, and why it could not', TIMEOUT, async () => {
    await atRest()
    if (!there) throw new Error('the sync was not moved')
    there.fail(1, { kind: 'status', status: 401 })
    await client.syncs.removeSecrets.mutate(sync)
    await see(alert('Its keys could not be deleted at the destination').getByRole('link', { name: 'Try again' }))
    await screens.keep('removal-failed')
    expect(there.contents().size).toBeGreaterThan(0)

    for (let n = 1; n <= 60; n++) there.fail(n, { kind: 'status', status: 503 })
    const { environments } = await client.projects.get.query({ projectId: source.projectId })
    const dev = environments.find(({ slug }) => slug === 'dev')
    await client.environments.delete.mutate({
      projectId: source.projectId,
      environmentId: dev?.id ?? '',
      syncs: 'remove-secrets',
    })
    await see(note('This sync is being deleted').getByText('Not yet:'))
    await see(note('Environment dev is being deleted').getByRole('link'))
    await screens.look('being-deleted')
    // Its page asks for it until it knows.
    all().seen.mayBeRefused('syncs.')
    there.heal()
    await expect.poll(() => there?.contents().size, LIMIT).toBe(0)
    await expect
      .poll(async () => (await client.projects.get.query({ projectId: source.projectId })).environments.length, LIMIT)
      .toBe(environments.length - 1)
  })
})
