/** Going back to an earlier run, against every kind of vendor, on every database. */
import { listAudit } from '@keyferry/kernel'
import { createFolder, createImport, listSecrets, listTrash, updateSecrets } from '@keyferry/vault'
import { expect, it, onTestFinished } from 'vitest'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { withRepresentatives } from '../testing/with-representatives.ts'
import { deleteSync } from '../verbs/remove.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'
import { pruneHistory } from './prune.ts'
import { previewRestore, restoreRun } from './restore.ts'
import { getRun, listRuns } from './runs.ts'

const DAY = 24 * 60 * 60_000

await withRepresentatives('restoring a run at', (open, destination) => {
  const start = async (): Promise<SyncFixture> => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    return fixture
  }
  /** The sync's newest run as an address. */
  const last = async ({ ctx, actor, clock }: SyncFixture, syncId: string) => {
    const [run] = await listRuns(ctx, actor, { destination, syncId })
    clock.advance(1000)
    return { destination, syncId, runId: run?.id ?? '' }
  }
  const values = async ({ ctx, actor, place }: SyncFixture) => {
    const { secrets } = await listSecrets(ctx, actor, {
      ...place,
      showValues: true,
      expandReferences: false,
      recursive: false,
      includeImports: false,
    })
    return Object.fromEntries(secrets.map((secret) => [secret.key, secret.value]))
  }

  it('brings vault and target back to what the target held, by exactly the plan that was reviewed', async () => {
    const fixture = await start()
    const { ctx, actor, set, unset, create, run, contents } = fixture
    await set({ A: 'a1', B: 'b1', C: 'c1', URL: 'x-${A}', ['__proto__']: 'p1', constructor: 'k1' })
    const sync = await create()
    await run(sync)
    const then = await last(fixture, sync.id)
    const held = contents()
    await set({ A: 'a2', D: 'd1', constructor: 'k2' })
    await unset('B')
    await run(sync)
    await set({ URL: 'y-${A}' })
    await run(sync)

    const plan = await previewRestore(ctx, actor, then)
    expect(plan).toMatchObject({
      added: ['B'],
      changed: ['A', 'URL', 'constructor'],
      removed: ['D'],
      unchanged: 2,
      notRestorable: [],
    })
    expect(JSON.stringify(plan)).not.toMatch(/"a1"|"b1"|"k1"|"x-/)
    await set({ A: 'a3' })
    await expect(restoreRun(ctx, actor, { ...then, planHash: plan.hash })).rejects.toThrow(/has changed/)
    expect(await values(fixture)).toMatchObject({ A: 'a3' })

    const log = async () =>
      (await listAudit(ctx, actor, { action: 'secret-sync-restore', limit: 10 })).entries.map(({ details }) => details)
    expect(await log()).toEqual([])
    const { hash } = await previewRestore(ctx, actor, then)
    await restoreRun(ctx, actor, { ...then, planHash: hash })
    // What it removed can be restored like everything deleted; B was deleted by hand before.
    const trash = await listTrash(ctx, actor, { projectId: fixture.place.projectId })
    expect(trash.map(({ name }) => name).sort()).toEqual(['B', 'D'])
    expect(await log()).toEqual([
      {
        syncId: sync.id,
        name: sync.name,
        runId: then.runId,
        added: ['B'],
        changed: ['A', 'URL', 'constructor'],
        removed: ['D'],
      },
    ])
    expect(await values(fixture)).toEqual({
      A: 'a1',
      B: 'b1',
      C: 'c1',
      URL: 'x-${A}',
      ['__proto__']: 'p1',
      constructor: 'k1',
    })
    expect((await run(sync)).row).toMatchObject({ state: 'succeeded', inSync: true })
    expect(contents()).toEqual(held)
    expect(await previewRestore(ctx, actor, then)).toMatchObject({
      added: [],
      changed: [],
      removed: [],
      unchanged: 6,
    })
    const restored = await last(fixture, sync.id)
    expect(await getRun(ctx, actor, restored)).toMatchObject({ restorable: true })
    // Two runs that left the same share what is kept of it.
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    await run(sync)
    expect(await listRuns(ctx, actor, then)).toHaveLength(5)
    expect(await ctx.db.selectFrom('snapshots').selectAll().execute()).toHaveLength(4)
  })

  it('uses what arrived, not what was tried, and leaves alone what never arrived', async () => {
    const fixture = await start()
    const { ctx, actor, emulator, clock, set, create, run, contents } = fixture
    await set({ A: 'a1', B: 'b1' })
    const sync = await create({
      options: { deletionPolicy: 'owned' },
    })
    await run(sync)
    // Of runs that begin at the same time, no order says which is the newest.
    clock.advance(1000)
    await set({ A: 'a2', BLANK: '' })
    for (let i = 1; i <= 9; i++)
      emulator.fail(i, { kind: 'status', status: 422, body: { detail: 'no' } }, (method) => method === 'POST')
    await run(sync)
    emulator.heal()
    const then = await last(fixture, sync.id)
    await set({ A: 'a3', BLANK: 'filled' })
    await run(sync)
    expect(contents()).toMatchObject({ A: 'a3' })
    const plan = await previewRestore(ctx, actor, then)
    // Devin may have put the old value back or not; where A did not exist, it is left alone.
    expect(plan.removed).toEqual([])
    expect(plan.added).toEqual([])
    await restoreRun(ctx, actor, { ...then, planHash: plan.hash })
    expect(await values(fixture)).toMatchObject({
      A: plan.changed.includes('A') ? 'a1' : 'a3',
      B: 'b1',
      BLANK: 'filled',
    })
  })

  it('names what came from elsewhere and cannot be brought back, and brings back nothing that would not resolve', async () => {
    const fixture = await start()
    const { ctx, actor, place, set, unset, create, run, contents } = fixture
    const { projectId } = place
    const shared = { projectId, environment: 'dev', secretPath: '/shared' }
    const put = (secrets: Record<string, string>) =>
      updateSecrets(ctx, actor, {
        ...shared,
        mode: 'upsert',
        secrets: Object.entries(secrets).map(([key, value]) => ({ key, value })),
      })
    await createFolder(ctx, actor, { ...place, path: '/', name: 'shared' })
    await createFolder(ctx, actor, { ...place, path: '/', name: 'later' })
    await put({ IMPORTED: 'i1', STEADY: 's1', HOST: 'h1' })
    await createImport(ctx, actor, {
      projectId,
      environment: 'dev',
      path: '/',
      import: { environment: 'dev', path: '/shared' },
    })
    await set({ A: 'a1', MADE: 'https://${dev.shared.HOST}', LOST: '${TEMP}', TEMP: 't1' })
    const sync = await create()
    expect((await run(sync)).row.state).toBe('succeeded')
    const then = await last(fixture, sync.id)

    await put({ IMPORTED: 'i2', HOST: 'h2' })
    await set({ A: 'a2', LOST: 'plain' })
    await unset('TEMP')
    await ctx.db.deleteFrom('secretVersions').where('key', '=', 'TEMP').execute()
    await run(sync)
    const plan = await previewRestore(ctx, actor, then)
    expect(plan).toMatchObject({ added: [], changed: ['A'], removed: [], unchanged: 1 })
    const reasons = Object.fromEntries(plan.notRestorable.map(({ key, reason }) => [key, reason]))
    expect(Object.keys(reasons)).toEqual(['HOST', 'IMPORTED', 'LOST', 'MADE', 'TEMP'])
    expect(reasons.IMPORTED).toMatch(/dev:\/shared, where it has changed since/)
    expect(reasons.MADE).toMatch(/refers to values elsewhere/)
    expect(reasons.LOST).toMatch(/would not resolve.*TEMP/)
    expect(reasons.TEMP).toMatch(/no longer kept/)
    await restoreRun(ctx, actor, { ...then, planHash: plan.hash })
    expect((await run(sync)).row.state).toBe('succeeded')
    expect(contents()).toEqual({
      A: 'a1',
      IMPORTED: 'i2',
      STEADY: 's1',
      HOST: 'h2',
      MADE: 'https://h2',
      LOST: 'plain',
    })
  })

  it('keeps of each run what changed, and goes back to any of them, also to those of an older store', async () => {
    const fixture = await start()
    const { ctx, actor, clock, set, unset, create, run } = fixture
    await set(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`KEY_${i}`, 'first'])))
    const sync = await create({ options: { deletionPolicy: 'owned' } })
    const runs: { runId: string; holds: Record<string, string | null> }[] = []
    const note = async (change: () => Promise<unknown>) => {
      await change()
      await run(sync)
      const { runId } = await last(fixture, sync.id)
      runs.push({ runId, holds: await values(fixture) })
    }
    await note(async () => {})
    // As an older version left it.
    await ctx.db.updateTable('snapshots').set({ chain: 0 }).execute()
    for (let i = 0; i < 2; i++) await note(() => set({ KEY_7: `change ${i}` }))
    clock.advance(100 * DAY)
    for (let i = 2; i < 4; i++) await note(() => set({ KEY_7: `change ${i}` }))
    await note(() => unset('KEY_8'))
    await note(() => set({ KEY_7: 'change 3', KEY_60: 'added' }))
    await note(() => unset('KEY_60'))
    await note(() => set(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`KEY_${i}`, 'last']))))

    const stored = await ctx.db
      .selectFrom('snapshots')
      .select(['chain', 'position', 'content'])
      .orderBy('chain')
      .orderBy('position')
      .execute()
    const sizes = stored.map(({ content }) => content.length)
    expect(stored.map(({ chain, position }) => [chain, position])).toEqual([
      [0, 0],
      ...[0, 1, 2, 3, 4, 5].map((position) => [1, position]),
      [2, 0],
    ])
    for (const delta of sizes.slice(2, -1)) expect(delta).toBeLessThan((sizes[1] ?? 0) / 10)

    const changesTo = async ({ runId, holds }: (typeof runs)[number]) => {
      const { hash, ...plan } = await previewRestore(ctx, actor, { destination, syncId: sync.id, runId })
      const now = await values(fixture)
      const differing = Object.keys({ ...now, ...holds }).filter((key) => now[key] !== holds[key])
      expect([...plan.added, ...plan.changed, ...plan.removed].sort()).toEqual(differing.sort())
      expect(plan.notRestorable).toEqual([])
      return hash
    }
    for (const then of runs) await changesTo(then)
    await pruneHistory(ctx, 90)
    const [third] = runs.slice(3)
    if (!third) throw new Error('there are nine runs')
    // What no run needs is gone, and what the rest needs to be read stays.
    const links = await ctx.db
      .selectFrom('snapshots')
      .select(['chain', 'position'])
      .orderBy('chain')
      .orderBy('position')
      .execute()
    expect(links.map(({ chain, position }) => [chain, position])).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((position) => [1, position]),
      [2, 0],
    ])
    const planHash = await changesTo(third)
    await restoreRun(ctx, actor, { destination, syncId: sync.id, runId: third.runId, planHash })
    expect(await values(fixture)).toEqual(third.holds)
  })

  it('is refused for a run that did not get to the target, and while the sync reads another folder', async () => {
    const fixture = await start()
    const { ctx, actor, place, set, create, run } = fixture
    await set({ A: '1' })
    const sync = await create()
    await run(sync)
    const first = await last(fixture, sync.id)
    await set({ BAD: '${NOWHERE}' })
    await run(sync)
    await expect(previewRestore(ctx, actor, await last(fixture, sync.id))).rejects.toThrow(
      /did not write to the destination/,
    )
    await expect(previewRestore(ctx, actor, { ...first, runId: sync.id })).rejects.toMatchObject({ status: 404 })
    await createFolder(ctx, actor, { ...place, path: '/', name: 'new' })
    await updateSync(ctx, actor, { destination, syncId: sync.id, secretPath: '/new' })
    await expect(previewRestore(ctx, actor, first)).rejects.toThrow(/another folder/)
  })

  it('history is forgotten by age, never the last run', async () => {
    const fixture = await start()
    const { ctx, actor, clock, set, create, run } = fixture
    await set({ A: '1' })
    const sync = await create()
    await run(sync)
    clock.advance(10 * DAY)
    await set({ A: '2' })
    await run(sync)
    const second = await last(fixture, sync.id)
    clock.advance(85 * DAY)
    await pruneHistory(ctx, 90)
    expect((await listRuns(ctx, actor, second)).map(({ id }) => id)).toEqual([second.runId])
    expect(await ctx.db.selectFrom('snapshots').selectAll().execute()).toHaveLength(1)
    clock.advance(900 * DAY)
    await pruneHistory(ctx, 90)
    expect(await listRuns(ctx, actor, second)).toHaveLength(1)
    expect(await previewRestore(ctx, actor, second)).toMatchObject({ changed: [], unchanged: 1 })
  })

  it('the history of a deleted sync is gone at once for everybody, and later from the store', async () => {
    const fixture = await start()
    const { ctx, actor, set, create, run } = fixture
    await set({ A: '1' })
    const sync = await create()
    await run(sync)
    const address = await last(fixture, sync.id)
    const rows = async () => {
      const found = []
      for (const table of ['runs', 'outcomes', 'snapshots'] as const)
        found.push((await ctx.db.selectFrom(table).selectAll().execute()).length)
      return found
    }
    const before = await rows()
    await deleteSync(ctx, actor, { destination, syncId: sync.id, removeSecrets: false })
    await expect(listRuns(ctx, actor, address)).rejects.toMatchObject({ status: 404 })
    await expect(getRun(ctx, actor, address)).rejects.toMatchObject({ status: 404 })
    expect(await rows()).toEqual(before)
    await pruneHistory(ctx, 90)
    expect(await rows()).toEqual([0, 0, 0])
  })
})
