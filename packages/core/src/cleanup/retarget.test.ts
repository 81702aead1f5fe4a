/**
 * Pointing a sync elsewhere, against every kind of vendor, on every database: the new place is filled, then the old
 * one left.
 */
import { createFolder, getProject, updateEnvironment, updateFolder, updateSecrets } from '@keyferry/vault'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { createConnection, deleteConnection, updateConnection } from '../connections/connections.ts'
import { listRuns } from '../history/runs.ts'
import { freeAllLeases, takeLease } from '../lease/lease.ts'
import { runSync } from '../run/run.ts'
import { dueOnTarget, dueSyncs } from '../sync/due.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { withRepresentatives } from '../testing/with-representatives.ts'
import { pauseInstance, resumeInstance } from '../verbs/pause.ts'
import { deleteSync, removeSecrets } from '../verbs/remove.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'

const overwrite = {}
const numbered = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`KEY_${i}`, `value-${i}`]))

await withRepresentatives('moves at', (open, destination) => {
  const start = async (): Promise<SyncFixture> => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    return fixture
  }
  /** Another account of the vendor: its emulator, the connection to it, and what it holds. */
  const another = async ({ ctx, actor }: SyncFixture, name = 'elsewhere') => {
    const startEmulator = (await representatives()).get(destination)
    if (!startEmulator) throw new Error(`no emulator for ${destination}`)
    const emulator = await startEmulator()
    onTestFinished(emulator.close)
    const connection = await createConnection(ctx, actor, {
      destination,
      name,
      method: 'api-key',
      credentials: emulator.credentials,
    })
    return { emulator, connectionId: connection.id, contents: () => Object.fromEntries(emulator.contents()) }
  }
  const departures = ({ ctx }: SyncFixture) => ctx.db.selectFrom('departures').selectAll().execute()

  it('fills the new place before it leaves the old one, where only its own keys go', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, set, create, run, contents } = fixture
    const there = await another(fixture)
    emulator.put('THEIRS', 'x')
    await set({ A: '1', B: '2' })
    const sync = await create({ options: { ...overwrite, deletionPolicy: 'owned' } })
    await run(sync)

    const moved = await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId: there.connectionId })
    expect(moved).toMatchObject({ inSync: false, state: 'pending' })
    expect(moved.message).toContain('2 keys will be deleted at')
    // The new place is down: nothing leaves the old one.
    for (let i = 1; i <= 10; i++) there.emulator.fail(i, { kind: 'status', status: 503 })
    await run(sync)
    expect(contents()).toEqual({ THEIRS: 'x', A: '1', B: '2' })
    there.emulator.heal()
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    const { row } = await run(sync)
    expect(row).toMatchObject({ state: 'succeeded', inSync: true, message: null })
    expect(there.contents()).toEqual({ A: '1', B: '2' })
    expect(contents()).toEqual({ THEIRS: 'x' })
    expect(await departures(fixture)).toEqual([])
    expect(await dueSyncs(ctx)).toEqual([])

    const runs = await listRuns(ctx, actor, { destination, syncId: sync.id })
    // Runs of one moment have no order.
    const removals = runs.filter(({ kind, state }) => kind === 'remove' && state === 'succeeded')
    expect(removals).toMatchObject([{ counts: { delete: 2, foreign: 1 } }])
  })

  it('waits for a key that failed at the new place, not for one that cannot be stored anywhere', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run, contents, clock } = fixture
    const there = await another(fixture)
    await set({ A: '1', B: '2' })
    const sync = await create()
    await run(sync)
    await set({ BLANK: '' })
    await run(sync)
    await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId: there.connectionId })
    there.emulator.fail(1, { kind: 'status', status: 422, body: { detail: 'no' } }, (method) => method === 'POST')
    expect((await run(sync)).row.state).not.toBe('succeeded')
    expect(contents()).toEqual({ A: '1', B: '2' })
    clock.advance(20 * 60_000)
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    expect((await run(sync)).row).toMatchObject({ state: 'partial', inSync: true })
    expect(there.contents()).toEqual({ A: '1', B: '2' })
    expect(contents()).toEqual({})
  })

  it('leaves under the policy none what is there, also when the policy comes later', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, set, create, run, contents } = fixture
    const [there, then] = [await another(fixture, 'there'), await another(fixture, 'then')]
    await set({ A: '1' })
    const sync = await create({ options: { ...overwrite, deletionPolicy: 'none' } })
    const at = { destination, syncId: sync.id }
    await run(sync)
    await updateSync(ctx, actor, { ...at, connectionId: there.connectionId })
    expect((await run(sync)).row).toMatchObject({ state: 'succeeded', message: null })
    expect([contents(), there.contents()]).toEqual([{ A: '1' }, { A: '1' }])

    await updateSync(ctx, actor, { ...at, options: { deletionPolicy: 'owned' }, connectionId: then.connectionId })
    there.emulator.fail(1, { kind: 'status', status: 401 })
    expect((await run(sync)).row.message).toMatch(/disable secret deletion/)
    await updateSync(ctx, actor, { ...at, options: { deletionPolicy: 'none' } })
    expect((await run(sync)).row).toMatchObject({ state: 'succeeded', message: null })
    expect([contents(), there.contents(), then.contents()]).toEqual([{ A: '1' }, { A: '1' }, { A: '1' }])
    expect(await departures(fixture)).toEqual([])
    expect(emulator.contents().size).toBe(1)
  })

  it('leaves an old place by a connection that its project may use, and by no other', async () => {
    const fixture = await start()
    const { ctx, actor, clock, set, create, run, contents, connectionId } = fixture
    const there = await another(fixture)
    await set({ A: '1' })
    const sync = await create({ options: { ...overwrite, deletionPolicy: 'owned' } })
    await run(sync)
    await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId: there.connectionId })
    const allow = (allowedProjects: string[] | null) =>
      updateConnection(ctx, actor, { destination, connectionId, allowedProjects })
    await allow([])
    const { row } = await run(sync)
    expect([contents(), there.contents()]).toEqual([{ A: '1' }, { A: '1' }])
    expect(row.message).toContain('This project is not allowed to use App Connection "emulated"')
    await allow(null)
    clock.advance(20 * 60_000)
    await run(sync)
    expect(contents()).toEqual({})
  })

  it('stays due while the old place is down, says so, keeps its connection from being deleted, and continues later', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, clock, set, create, run, contents, connectionId } = fixture
    const there = await another(fixture)
    await set(numbered(6))
    const sync = await create({ name: 'mover' })
    await run(sync)
    await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId: there.connectionId })
    for (let i = 1; i <= 40; i++) emulator.fail(i, { kind: 'status', status: 503 })
    const { row } = await run(sync)
    expect(row).toMatchObject({ state: 'succeeded', inSync: true })
    expect(row.message).toMatch(/6 keys could not be deleted at .* yet/)
    expect(row.leaving).toMatchObject({ keys: 6, message: expect.stringMatching(/^6 keys could not be deleted/) })
    expect(there.contents()).toEqual(numbered(6))
    expect(Object.keys(contents())).toHaveLength(6)
    expect(await dueSyncs(ctx)).toEqual([])
    await expect(deleteConnection(ctx, actor, { destination, connectionId })).rejects.toThrow(/mover/)

    emulator.heal()
    clock.advance(20 * 60_000)
    expect(await dueSyncs(ctx)).toContain(sync.id)
    expect((await run(sync)).row).toMatchObject({ message: null, leaving: null })
    expect(contents()).toEqual({})
    await deleteConnection(ctx, actor, { destination, connectionId })
  })

  it('continues where it stopped, whatever request the process dies at', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, clock, set, create, run, contents } = fixture
    const there = await another(fixture)
    await set(numbered(4))
    const sync = await create()
    await run(sync)
    await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId: there.connectionId })
    for (let k = 2; k <= 4; k++) {
      for (let i = k; i <= 40; i++) emulator.fail(i, { kind: i === k ? 'reset-after' : 'reset' })
      await run(sync)
      emulator.heal()
      // What someone else put there meanwhile is not ours.
      emulator.put('THEIRS', 'x')
      clock.advance(20 * 60_000)
    }
    await run(sync)
    expect(contents()).toEqual({ THEIRS: 'x' })
    expect(there.contents()).toEqual(numbered(4))
    expect(await departures(fixture)).toEqual([])
  })

  it('several moves queue up, and a place that is pointed at again is kept', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run, contents, connectionId } = fixture
    const [second, third] = [await another(fixture, 'second'), await another(fixture, 'third')]
    const at = { destination, syncId: '' }
    await set({ A: '1', B: '2' })
    const sync = await create()
    at.syncId = sync.id
    await run(sync)
    second.emulator.fail(2, { kind: 'status', status: 422, body: { detail: 'no' } }, (method) => method === 'POST')
    await updateSync(ctx, actor, { ...at, connectionId: second.connectionId })
    await updateSync(ctx, actor, { ...at, connectionId: third.connectionId })
    await updateSync(ctx, actor, { ...at, connectionId: second.connectionId })
    second.emulator.heal()
    await run(sync)
    expect([contents(), second.contents(), third.contents()]).toEqual([{}, { A: '1', B: '2' }, {}])

    // Back and forth without a run in between: the vendor is not asked to take away what is wanted again.
    await updateSync(ctx, actor, { ...at, connectionId: third.connectionId })
    await updateSync(ctx, actor, { ...at, connectionId: second.connectionId })
    const before = second.emulator.log.length
    await run(sync)
    expect(second.emulator.log.slice(before).map(({ method }) => method)).toEqual(['GET'])
    await updateSync(ctx, actor, { ...at, connectionId: third.connectionId })
    await updateSync(ctx, actor, { ...at, connectionId })
    await run(sync)
    expect([contents(), second.contents(), third.contents()]).toEqual([{ A: '1', B: '2' }, {}, {}])
    expect(await departures(fixture)).toEqual([])
  })

  it('does not take what another sync writes there by now', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run, contents } = fixture
    const there = await another(fixture)
    await set({ A: '1', B: '2' })
    const first = await create({ name: 'first', options: { ...overwrite, deletionPolicy: 'owned' } })
    await run(first)
    await updateSync(ctx, actor, { destination, syncId: first.id, connectionId: there.connectionId })
    // A mirror would delete B, which it did not write, were it not still the first one's.
    await createFolder(ctx, actor, { ...fixture.place, path: '/', name: 'other' })
    const secrets = [{ key: 'A', value: 'theirs' }]
    await updateSecrets(ctx, actor, { ...fixture.place, secretPath: '/other', mode: 'upsert', secrets })
    const second = await create({ name: 'second', secretPath: '/other' })
    expect((await run(second)).row.state).toBe('succeeded')
    expect(contents()).toEqual({ A: 'theirs', B: '2' })
    await run(first)
    expect(contents()).toEqual({ A: 'theirs' })
    expect(there.contents()).toEqual({ A: '1', B: '2' })
  })

  it('a run that was under way when the sync moved leaves nothing behind', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, set, create, run, contents } = fixture
    const there = await another(fixture)
    await set(numbered(3))
    const sync = await create()
    const release = emulator.hold()
    const before = emulator.log.length
    const underway = runSync(ctx, sync.id, new AbortController().signal)
    await expect.poll(() => emulator.log.length).toBeGreaterThan(before)
    await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId: there.connectionId })
    release()
    await underway
    await run(sync)
    expect(there.contents()).toEqual(numbered(3))
    expect(contents()).toEqual({})
  })

  it('a run that was under way when the sync moved under the policy none keeps nothing for it', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, set, create, run, contents } = fixture
    const there = await another(fixture)
    await set({ A: '1', B: '2' })
    const first = await create({ name: 'first', options: { deletionPolicy: 'none' } })
    const release = emulator.hold()
    const before = emulator.log.length
    const underway = runSync(ctx, first.id, new AbortController().signal)
    await expect.poll(() => emulator.log.length).toBeGreaterThan(before)
    await updateSync(ctx, actor, { destination, syncId: first.id, connectionId: there.connectionId })
    release()
    await underway
    expect((await run(first)).row).toMatchObject({ state: 'succeeded', message: null })
    expect(there.contents()).toEqual({ A: '1', B: '2' })

    await createFolder(ctx, actor, { ...fixture.place, path: '/', name: 'other' })
    const secrets = [{ key: 'A', value: 'theirs' }]
    await updateSecrets(ctx, actor, { ...fixture.place, secretPath: '/other', mode: 'upsert', secrets })
    const second = await create({ name: 'second', secretPath: '/other' })
    // Or fifteen seconds later.
    await freeAllLeases(ctx)
    // B is nobody's, so a mirror deletes it.
    expect((await run(second)).row).toMatchObject({ state: 'succeeded', message: null })
    expect(contents()).toEqual({ A: 'theirs' })
  })

  it('pointed back while it is about to leave, it takes nothing away', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, set, create, run, contents, connectionId } = fixture
    const there = await another(fixture)
    await set(numbered(3))
    const sync = await create()
    const at = { destination, syncId: sync.id }
    await run(sync)
    await updateSync(ctx, actor, { ...at, connectionId: there.connectionId })
    // The list of the old place takes until the edit is done.
    const release = emulator.hold()
    const before = emulator.log.length
    const underway = runSync(ctx, sync.id, new AbortController().signal)
    await expect.poll(() => emulator.log.length).toBeGreaterThan(before)
    await updateSync(ctx, actor, { ...at, connectionId })
    release()
    await underway
    expect(emulator.log.slice(before).map(({ method }) => method)).toEqual(['GET'])
    // Nobody took its lease.
    expect((await ctx.metrics.expose()).text).not.toContain('keyferry_lease_losses_total{')
    expect((await run(sync)).row).toMatchObject({ state: 'succeeded', inSync: true, message: null })
    expect([contents(), there.contents()]).toEqual([numbered(3), {}])
  })

  it('a pause stops it before its next call, begins no other, and all continue afterwards', async () => {
    const fixture = await start()
    const { ctx, actor, clock, emulator, set, create, run, contents } = fixture
    const [second, third] = [await another(fixture, 'second'), await another(fixture, 'third')]
    await set({ A: '1' })
    const sync = await create()
    const move = ({ connectionId }: { connectionId: string }) =>
      updateSync(ctx, actor, { destination, syncId: sync.id, connectionId })
    await run(sync)
    await move(second)
    for (let i = 1; i <= 10; i++) emulator.fail(i, { kind: 'status', status: 503 })
    await run(sync)
    emulator.heal()
    // The places are left in the order in which the sync moved away from them.
    clock.advance(1)
    await move(third)
    clock.advance(3_600_000)
    const before = emulator.log.length
    const release = emulator.hold()
    const underway = runSync(ctx, sync.id, new AbortController().signal)
    await expect.poll(() => emulator.log.length).toBeGreaterThan(before)
    await pauseInstance(ctx, actor, { reason: 'release 12' })
    clock.advance(1000)
    release()
    await underway
    expect([contents(), second.contents(), third.contents()]).toEqual([{ A: '1' }, { A: '1' }, { A: '1' }])
    await resumeInstance(ctx, actor, undefined)
    expect(await dueSyncs(ctx)).toEqual([sync.id])
    expect((await run(sync)).row.message).toBeNull()
    expect([contents(), second.contents(), third.contents()]).toEqual([{}, {}, { A: '1' }])
  })

  it('two edits at once that point to two places leave keys at one of them only', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run, contents } = fixture
    const places = [await another(fixture, 'second'), await another(fixture, 'third')]
    await set({ A: '1' })
    const sync = await create()
    await run(sync)
    await Promise.all(
      places.map(({ connectionId }) => updateSync(ctx, actor, { destination, syncId: sync.id, connectionId })),
    )
    const { row } = await run(sync)
    expect(contents()).toEqual({})
    expect(places.map((place) => place.contents())).toEqual(
      places.map(({ connectionId }) => (connectionId === row.connectionId ? { A: '1' } : {})),
    )
    expect(await departures(fixture)).toEqual([])
  })

  it('waits while another run writes at the old place, and is due with that', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run, contents } = fixture
    const there = await another(fixture)
    await set({ A: '1' })
    const sync = await create()
    await run(sync)
    const { targetKey } = await ctx.db.selectFrom('syncs').select('targetKey').executeTakeFirstOrThrow()
    await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId: there.connectionId })
    const busy = await takeLease(ctx, targetKey, 'busy')
    await run(sync)
    expect([contents(), there.contents()]).toEqual([{ A: '1' }, { A: '1' }])
    expect(await dueOnTarget(ctx, targetKey, '')).toEqual([sync.id])
    await busy?.release()
    await run(sync)
    expect(contents()).toEqual({})
  })

  it('a sync that is to delete its keys is not pointed elsewhere before', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run, contents } = fixture
    const there = await another(fixture)
    await set({ A: '1' })
    const sync = await create({ name: 'leaving', options: { deletionPolicy: 'none' } })
    await run(sync)
    const at = { destination, syncId: sync.id }
    await removeSecrets(ctx, actor, at)
    const move = () => updateSync(ctx, actor, { ...at, connectionId: there.connectionId })
    await expect(move()).rejects.toThrow('The sync "leaving" is deleting its keys. Point it elsewhere')
    await run(sync)
    expect(contents()).toEqual({})
    await move()
  })

  it('a sync deleted with its secrets is gone once its last old place is left', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, clock, set, create, run, contents } = fixture
    const there = await another(fixture)
    await set({ A: '1' })
    const sync = await create()
    await run(sync)
    await updateSync(ctx, actor, { destination, syncId: sync.id, connectionId: there.connectionId })
    await deleteSync(ctx, actor, { destination, syncId: sync.id, removeSecrets: true })
    for (let i = 1; i <= 40; i++) emulator.fail(i, { kind: 'status', status: 503 })
    expect((await run(sync)).row.removeState).toBe('running')
    expect(contents()).toEqual({ A: '1' })
    emulator.heal()
    clock.advance(20 * 60_000)
    expect(await dueSyncs(ctx)).toEqual([sync.id])
    await expect(run(sync)).rejects.toThrow(/no secret sync/)
    expect([contents(), there.contents()]).toEqual([{}, {}])
  })

  it('without auto-sync waits for a person, and is not in sync until then', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run, contents } = fixture
    const there = await another(fixture)
    const at = { destination, syncId: '' }
    await set({ A: '1' })
    const sync = await create({ autoSync: false })
    at.syncId = sync.id
    await triggerSync(ctx, actor, at)
    await run(sync)
    expect((await updateSync(ctx, actor, { ...at, connectionId: there.connectionId })).inSync).toBe(false)
    expect(await dueSyncs(ctx)).toEqual([])
    await triggerSync(ctx, actor, at)
    await run(sync)
    expect([contents(), there.contents()]).toEqual([{}, { A: '1' }])
  })

  it('a new key schema renames: every new name exists before an old one is deleted, and the mass-deletion limit does not count it as a loss', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, clock, set, create, run, contents } = fixture
    await set(numbered(12))
    const sync = await create({ options: { ...overwrite, keySchema: 'OLD_{{secretKey}}' } })
    await run(sync)
    const renamed = (prefix: string) =>
      Object.fromEntries(Object.entries(numbered(12)).map(([key, value]) => [prefix + key, value]))
    await updateSync(ctx, actor, { destination, syncId: sync.id, options: { keySchema: '{{secretKey}}' } })
    // No new name can be written, so no old one is deleted.
    for (let i = 1; i <= 60; i++)
      emulator.fail(i, { kind: 'status', status: 422, body: { detail: 'no' } }, (method) => method === 'POST')
    await run(sync)
    expect(contents()).toEqual(renamed('OLD_'))
    emulator.heal()
    clock.advance(20 * 60_000)
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    const { row } = await run(sync)
    expect(row).toMatchObject({ state: 'succeeded', blocked: null })
    expect(contents()).toEqual(renamed(''))
  })

  it('a new source is a difference like any other: a loss among it waits for approval', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run, contents } = fixture
    await set(numbered(12))
    const sync = await create()
    await run(sync)
    await createFolder(ctx, actor, { ...fixture.place, path: '/', name: 'less' })
    const secrets = [{ key: 'KEY_0', value: 'other' }]
    await updateSecrets(ctx, actor, { ...fixture.place, secretPath: '/less', mode: 'upsert', secrets })
    await updateSync(ctx, actor, { destination, syncId: sync.id, secretPath: '/less' })
    const { row } = await run(sync)
    expect(row.blocked).toMatchObject({ kind: 'fuse' })
    expect(row.blocked?.keys).toHaveLength(11)
    expect(contents()).toEqual(numbered(12))
  })

  it('follows its folder and its environment when they are renamed', async () => {
    const fixture = await start()
    const { ctx, actor, projectId, create, run, contents } = fixture
    const folder = await createFolder(ctx, actor, { ...fixture.place, path: '/', name: 'app' })
    const put = (environment: string, secretPath: string, value: string) =>
      updateSecrets(ctx, actor, {
        projectId,
        environment,
        secretPath,
        mode: 'upsert',
        secrets: [{ key: 'A', value }],
      })
    await put('dev', '/app', '1')
    const sync = await create({
      secretPath: '/app',
      options: { ...overwrite, keySchema: '{{environment}}_{{secretKey}}' },
    })
    await run(sync)
    await updateFolder(ctx, actor, { projectId, environment: 'dev', folderId: folder.id, path: '/', name: 'service' })
    await put('dev', '/service', '2')
    expect((await run(sync)).row).toMatchObject({ state: 'succeeded', folder: { path: '/service' } })
    expect(contents()).toEqual({ dev_A: '2' })
    const { environments } = await getProject(ctx, actor, { projectId })
    const dev = environments.find(({ slug }) => slug === 'dev')
    await updateEnvironment(ctx, actor, { projectId, environmentId: dev?.id ?? '', slug: 'local' })
    const { row } = await run(sync)
    expect(row).toMatchObject({ state: 'succeeded', environment: { slug: 'local' }, inSync: true })
    expect(contents()).toEqual({ local_A: '2' })
  })
})
