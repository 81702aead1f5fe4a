/** Looks for drift and repairs, against every kind of vendor, on every database. */
import { Invalid } from '@keyferry/kernel'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { destination as definitionOf } from '../destinations/registry.ts'
import { getRun, listRuns } from '../history/runs.ts'
import { takeLease } from '../lease/lease.ts'
import { runSync } from '../run/run.ts'
import { dueSyncs } from '../sync/due.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { withRepresentatives } from '../testing/with-representatives.ts'
import { checkDrift } from '../verbs/check-drift.ts'
import { listKeys } from '../verbs/keys.ts'
import { planSync } from '../verbs/preview.ts'
import { removeSecrets } from '../verbs/remove.ts'
import { getSync } from '../verbs/syncs.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'

const MINUTE = 60_000
const overwrite = {} as const
const repairing = { options: { ...overwrite, driftRepair: true } }
const numbered = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`KEY_${i}`, `value-${i}`]))

await withRepresentatives('drift at', (open, destination) => {
  const { title } = definitionOf(destination)
  const fixture = async (work: (fixture: SyncFixture) => Promise<void>) => {
    const started = await startSyncFixture(open, destination)
    try {
      await work(started)
    } finally {
      await started.close()
    }
  }
  const drifted = async ({ ctx, actor }: SyncFixture, syncId: string) =>
    (await listKeys(ctx, actor, { destination, syncId }))
      .filter(({ state }) => state === 'drifted')
      .map(({ key, reason }) => [key, reason])
  /** Past the longest jitter of an hour's check. */
  const anHour = ({ clock }: SyncFixture) => clock.advance(67 * MINUTE)

  it('a look costs a listing, changes nothing, and says per key what happened there', () =>
    fixture(async (it) => {
      const { ctx, emulator, clock, events, set, create, run, contents } = it
      await set({ A: '1', B: '2', C: '3' })
      const sync = await create()
      expect((await run(sync)).row).toMatchObject({
        drift: null,
        options: { driftCheck: '1h', driftRepair: false },
      })
      emulator.remove('A')
      emulator.remove('B')
      emulator.put('B', 'theirs')
      emulator.put('STRAY', 'theirs')
      const there = contents()

      clock.advance(50 * MINUTE)
      expect(await dueSyncs(ctx)).toEqual([])
      clock.advance(17 * MINUTE)
      expect(await dueSyncs(ctx)).toEqual([sync.id])
      events.length = 0
      const { row, calls } = await run(sync)
      expect(calls).toEqual({ GET: 1 })
      expect(contents()).toEqual(there)
      expect(row).toMatchObject({
        state: 'succeeded',
        inSync: true,
        drift: { count: 3, checkedAt: ctx.now().toISOString(), message: null },
        status: 'out-of-sync',
        reason: { code: 'drifted', keys: 3, repairs: false },
        since: ctx.now().toISOString(),
      })
      expect(await drifted(it, sync.id)).toEqual([
        ['A', 'deleted outside Keyferry'],
        ['B', expect.stringMatching(/replaced outside Keyferry|flag "secret" changed|duplicated outside Keyferry/)],
        ['STRAY', expect.stringMatching(/^added outside Keyferry/)],
      ])
      expect(events).toEqual([expect.objectContaining({ kind: 'sync', syncId: sync.id, state: 'succeeded' })])
      expect(await dueSyncs(ctx)).toEqual([])

      // "Sync now" heals everything, whatever the options.
      await triggerSync(ctx, it.actor, { destination, syncId: sync.id })
      expect((await run(sync)).row.drift).toBeNull()
      expect(contents()).toEqual({ A: '1', B: '2', C: '3' })
      expect(await drifted(it, sync.id)).toEqual([])
    }))

  it('nothing drifted: says so, and looks again an hour later', () =>
    fixture(async (it) => {
      await it.set({ A: '1' })
      const sync = await it.create()
      await it.run(sync)
      it.emulator.put('OTHER', 'before us')
      await updateSync(it.ctx, it.actor, { destination, syncId: sync.id, options: { deletionPolicy: 'owned' } })
      await it.run(sync)
      for (let hour = 0; hour < 2; hour++) {
        anHour(it)
        expect((await it.run(sync)).row.drift).toMatchObject({ count: 0, message: null })
        expect(await dueSyncs(it.ctx)).toEqual([])
      }
    }))

  it('off means never, and a person may look at any time', () =>
    fixture(async (it) => {
      await it.set({ A: '1' })
      const at = { destination, syncId: (await it.create({ options: { ...overwrite, driftCheck: 'off' } })).id }
      await expect(checkDrift(it.ctx, it.actor, at)).rejects.toThrow(/has not run yet/)
      await it.run({ id: at.syncId })
      it.emulator.remove('A')
      it.clock.advance(100 * 24 * 60 * MINUTE)
      expect(await dueSyncs(it.ctx)).toEqual([])
      await checkDrift(it.ctx, it.actor, at)
      expect(it.woken.at(-1)).toEqual([at.syncId])
      expect((await it.run({ id: at.syncId })).row.drift).toMatchObject({ count: 1 })
      it.clock.advance(100 * 24 * 60 * MINUTE)
      expect(await dueSyncs(it.ctx)).toEqual([])
      await updateSync(it.ctx, it.actor, { ...at, options: { driftCheck: '15m' } })
      await it.run({ id: at.syncId })
      it.clock.advance(17 * MINUTE)
      expect(await dueSyncs(it.ctx)).toEqual([at.syncId])
    }))

  it('a run takes the place of a look, and a removal ends them', () =>
    fixture(async (it) => {
      await it.set({ A: '1' })
      const sync = await it.create()
      await it.run(sync)
      anHour(it)
      await it.set({ A: '2' })
      expect(await dueSyncs(it.ctx)).toEqual([sync.id])
      for (let n = 1; n <= 10; n++) it.emulator.fail(n, { kind: 'status', status: 503 })
      expect((await it.run(sync)).row).toMatchObject({ state: 'failed', drift: null })
      it.emulator.heal()
      // The run is to be tried again: until then nobody looks.
      expect(await dueSyncs(it.ctx)).toEqual([])
      it.clock.advance(MINUTE)
      expect((await it.run(sync)).row).toMatchObject({ inSync: true, drift: null })
      expect(await dueSyncs(it.ctx)).toEqual([])
      await removeSecrets(it.ctx, it.actor, { destination, syncId: sync.id })
      await it.run(sync)
      anHour(it)
      expect(await dueSyncs(it.ctx)).toEqual([])
    }))

  it('waits for a run that writes to the target, and a change that comes meanwhile follows at once', () =>
    fixture(async (it) => {
      await it.set({ A: '1' })
      const sync = await it.create()
      await it.run(sync)
      anHour(it)
      const { targetKey } = await it.ctx.db.selectFrom('syncs').select('targetKey').executeTakeFirstOrThrow()
      const lease = await takeLease(it.ctx, targetKey, 'someone')
      expect((await it.run(sync)).calls).toEqual({})
      expect(await dueSyncs(it.ctx)).toEqual([sync.id])
      await lease?.release()

      const before = it.emulator.log.length
      const release = it.emulator.hold()
      const looking = runSync(it.ctx, sync.id, new AbortController().signal)
      await expect.poll(() => it.emulator.log.length).toBeGreaterThan(before)
      await it.set({ A: '2' })
      release()
      expect(await looking).toMatchObject({ again: true })
      await it.run(sync)
      expect(it.contents()).toEqual({ A: '2' })
    }))

  it('many that are due at once go one after the other, and leave the queue to the runs', () =>
    fixture(async (it) => {
      await it.set({ A: '1' })
      const ids = new Set<string>()
      for (let n = 0; n < 4; n++) {
        const sync = await it.create({
          name: `number ${n}`,
          options: { ...overwrite, keySchema: `N${n}_{{secretKey}}` },
        })
        await it.run(sync)
        ids.add(sync.id)
      }
      anHour(it)
      let due = await dueSyncs(it.ctx)
      expect(due).toHaveLength(3)
      it.woken.length = 0
      // What a look wakes is enough to get through all of them.
      for (const looked = new Set<string>(); ids.size > 0; due = it.woken.flat()) {
        const next = due.find((id) => !looked.has(id))
        if (next === undefined) break
        looked.add(next)
        ids.delete(next)
        expect((await it.run({ id: next })).row.drift).toMatchObject({ count: 0 })
      }
      expect(ids.size).toBe(0)
      expect(await dueSyncs(it.ctx)).toEqual([])
    }))

  it('a plan that somebody looks at shows the drift with the sync and its keys', () =>
    fixture(async (it) => {
      const { ctx, actor, emulator, events, set, create, run } = it
      await set({ A: '1', B: '2' })
      const sync = await create()
      await run(sync)
      emulator.remove('A')
      events.length = 0
      const at = { destination, syncId: sync.id }
      for (let times = 0; times < 2; times++) await planSync(ctx, actor, at)
      expect(await getSync(ctx, actor, at)).toMatchObject({
        status: 'out-of-sync',
        reason: { code: 'drifted', keys: 1 },
      })
      expect(await drifted(it, sync.id)).toEqual([['A', 'deleted outside Keyferry']])
      // Once: screens that show the plan make it again after each event.
      expect(events).toHaveLength(1)
      emulator.put('STRAY', 'theirs')
      await run(sync)
      await triggerSync(ctx, actor, at)
      expect((await run(sync)).row).toMatchObject({ status: 'in-sync' })
    }))

  it('a vendor that fails only puts the next look off', () =>
    fixture(async (it) => {
      await it.set({ A: '1' })
      const sync = await it.create()
      await it.run(sync)
      anHour(it)
      for (let n = 1; n <= 10; n++) it.emulator.fail(n, { kind: 'status', status: 503 })
      const { row } = await it.run(sync)
      expect(row).toMatchObject({ state: 'succeeded', inSync: true, retryAt: null, message: null })
      expect(row.drift).toEqual({
        count: 0,
        since: null,
        checkedAt: null,
        message: expect.stringContaining(`${title} could not be read`),
        repairsStopped: false,
      })
      expect(await dueSyncs(it.ctx)).toEqual([])
      it.emulator.heal()
      anHour(it)
      expect((await it.run(sync)).row.drift).toMatchObject({ count: 0, message: null })
    }))

  it('repairs what drifted and nothing else, as an entry of the history', () =>
    fixture(async (it) => {
      await it.set({ A: '1', B: '2', C: '3' })
      const sync = await it.create({ ...repairing, autoSync: false })
      await triggerSync(it.ctx, it.actor, { destination, syncId: sync.id })
      await it.run(sync)
      // Not delivered yet, and not for a look to deliver.
      await it.set({ C: 'new', D: 'new' })
      it.emulator.remove('A')
      it.emulator.put('STRAY', 'theirs')
      anHour(it)
      const { row } = await it.run(sync)
      expect(it.contents()).toEqual({ A: '1', B: '2', C: '3', STRAY: 'theirs' })
      expect(row).toMatchObject({ inSync: false, drift: { count: 0, message: null } })
      const [latest] = await listRuns(it.ctx, it.actor, { destination, syncId: sync.id })
      expect(latest).toMatchObject({
        trigger: 'drift',
        actor: 'Keyferry',
        state: 'succeeded',
        counts: { create: 1, update: 0, delete: 0 },
      })
      const { outcomes } = await getRun(it.ctx, it.actor, { destination, syncId: sync.id, runId: latest?.id ?? '' })
      expect(outcomes).toMatchObject([{ key: 'A', action: 'create', state: 'done' }])

      // Everything arrived: now a key that appears is drift, and is deleted under `mirror`.
      await triggerSync(it.ctx, it.actor, { destination, syncId: sync.id })
      await it.run(sync)
      it.emulator.put('STRAY', 'theirs')
      anHour(it)
      await it.run(sync)
      expect(it.contents()).toEqual({ A: '1', B: '2', C: 'new', D: 'new' })
    }))

  it('deletes what appeared only as far as the fuse lets it', () =>
    fixture(async (it) => {
      await it.set(numbered(10))
      const sync = await it.create(repairing)
      await it.run(sync)
      it.emulator.remove('KEY_0')
      for (let n = 0; n < 8; n++) it.emulator.put(`STRAY_${n}`, 'theirs')
      anHour(it)
      const { row } = await it.run(sync)
      expect(it.emulator.contents().size).toBe(18)
      expect(it.contents()).toMatchObject(numbered(10))
      expect(row.drift).toMatchObject({ count: 8, message: expect.stringMatching(/8 of 17 .* Nothing was deleted/) })
    }))

  it('stops when another writer changes a key repeatedly, names the key, and continues after a person ran it', () =>
    fixture(async (it) => {
      await it.set({ A: '1', B: '2' })
      const sync = await it.create(repairing)
      await it.run(sync)
      // What was repaired while the clock was ahead does not count once it is set right.
      const ahead = 30 * 24 * 60 * MINUTE
      it.clock.advance(ahead)
      for (let time = 0; time < 4; time++) {
        if (time === 2) it.clock.advance(-ahead)
        it.emulator.remove('A')
        anHour(it)
        expect((await it.run(sync)).row.drift).toMatchObject({ count: 0, message: null, repairsStopped: false })
        expect(it.contents()).toEqual({ A: '1', B: '2' })
      }
      it.emulator.remove('A')
      it.emulator.remove('B')
      anHour(it)
      const stopped = {
        count: 2,
        message: expect.stringMatching(/^A drifted 3 times within 24 hours/),
        repairsStopped: true,
      }
      expect((await it.run(sync)).row.drift).toMatchObject(stopped)
      expect(it.contents()).toEqual({})
      // Neither time nor a run for a change lets it continue.
      it.clock.advance(48 * 60 * MINUTE)
      expect((await it.run(sync)).row.drift).toMatchObject(stopped)
      await it.set({ C: '3' })
      expect((await it.run(sync)).row.drift).toMatchObject({ count: 0, message: stopped.message })
      it.emulator.remove('A')
      anHour(it)
      expect((await it.run(sync)).row.drift).toMatchObject({ count: 1, message: stopped.message })

      await triggerSync(it.ctx, it.actor, { destination, syncId: sync.id })
      expect((await it.run(sync)).row.drift).toBeNull()
      it.emulator.remove('A')
      anHour(it)
      await it.run(sync)
      expect(it.contents()).toEqual({ A: '1', B: '2', C: '3' })
    }))

  it('repairs spread over days are no fight', () =>
    fixture(async (it) => {
      await it.set({ A: '1' })
      const sync = await it.create(repairing)
      await it.run(sync)
      for (let day = 0; day < 4; day++) {
        it.emulator.remove('A')
        it.clock.advance(13 * 60 * MINUTE)
        await it.run(sync)
        expect(it.contents()).toEqual({ A: '1' })
      }
    }))

  it('whatever request a repair dies at, a later look puts every key there', () =>
    fixture(async (it) => {
      await it.set({ A: '1', B: '2' })
      const sync = await it.create(repairing)
      await it.run(sync)
      for (let k = 1; k <= 4; k++) {
        it.emulator.remove('B')
        it.emulator.put('B', 'theirs')
        it.clock.advance(25 * 60 * MINUTE)
        for (let n = k; n <= 40; n++) it.emulator.fail(n, { kind: n === k ? 'reset-after' : 'reset' })
        await it.run(sync)
        it.emulator.heal()
        // A key that we took away ourselves is not left away until the next hour.
        it.clock.advance(2 * MINUTE)
        await it.run(sync)
        expect(it.emulator.contents().size).toBe(2)
        anHour(it)
        await it.run(sync)
        expect(it.contents()).toEqual({ A: '1', B: '2' })
      }
    }))

  it('compares values where the vendor hands them out, keeps none, and says so where it does not', () =>
    fixture(async (it) => {
      const lines: string[] = []
      it.ctx.log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
      await it.set({ A: 'mine-A', B: 'mine-B' })
      const readable = { options: { ...overwrite, driftReadsValues: true } }
      const created = await it.create(readable).catch((error: unknown) => error)
      if (created instanceof Invalid) {
        expect(created.message).toMatch(/driftReadsValues.*never shows the values/)
        const plain = await it.create()
        await expect(
          updateSync(it.ctx, it.actor, { destination, syncId: plain.id, options: { driftReadsValues: true } }),
        ).rejects.toBeInstanceOf(Invalid)
        return
      }
      const [sync] = await it.ctx.db.selectFrom('syncs').select('id').execute()
      if (!sync) throw created
      await it.run(sync)
      const canary = 'canary-77aa01'
      it.emulator.put('A', canary)
      it.emulator.put('FOREIGN', `${canary}-foreign`)
      anHour(it)
      const { row } = await it.run(sync)
      expect(row.drift).toMatchObject({ count: 2, message: null })
      expect(await drifted(it, sync.id)).toEqual([
        ['A', 'value changed outside Keyferry'],
        ['FOREIGN', expect.stringMatching(/^added outside Keyferry/)],
      ])
      // A read that fails takes nothing from the look but the comparison.
      it.emulator.fail(1, { kind: 'status', status: 403, body: { error: canary } }, (_, path) =>
        path.endsWith('/envvars'),
      )
      anHour(it)
      expect((await it.run(sync)).row.drift).toMatchObject({
        count: 1,
        message: expect.stringMatching(/^Values were not compared/),
      })

      const stored = (await it.everything()) + lines.join('') + JSON.stringify(it.events)
      expect(stored).toContain(sync.id)
      expect(stored).not.toContain(canary)
      expect(stored).not.toMatch(/mine-[AB]/)
      await triggerSync(it.ctx, it.actor, { destination, syncId: sync.id })
      await it.run(sync)
      expect(it.contents()).toEqual({ A: 'mine-A', B: 'mine-B' })
    }))
})
