/** What a person stops: a sync, a project, everything, or single keys. On every database. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it } from 'vitest'
import { runSync } from '../run/run.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { checkDrift } from '../verbs/check-drift.ts'
import { excludeKeys, includeKeys } from '../verbs/exclude-keys.ts'
import { listKeys } from '../verbs/keys.ts'
import { pauseInstance, pauseProject, pauseSync, resumeInstance, resumeProject, resumeSync } from '../verbs/pause.ts'
import { planSync } from '../verbs/preview.ts'
import { removeSecrets } from '../verbs/remove.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'
import { dueSyncs } from './due.ts'

const destination = 'trigger-dev'
const reason = 'release 12'

onEveryDatabase('syncs that a person stops', (open) => {
  const fixture = async (work: (fixture: SyncFixture) => Promise<void>, at = destination) => {
    const started = await startSyncFixture(open, at)
    try {
      await work(started)
    } finally {
      await started.close()
    }
  }

  it('sends nothing, repairs nothing and deletes nothing while paused, and what waited afterwards', () =>
    fixture(async (test) => {
      const { ctx, actor, clock, emulator, projectId, set, create, run, contents } = test
      await set({ A: '1', B: '2' })
      const sync = await create({ options: { driftRepair: true } })
      await run(sync)
      const at = { destination, syncId: sync.id }
      const scopes = [
        {
          scope: 'sync',
          pause: () => pauseSync(ctx, actor, { ...at, reason }),
          resume: () => resumeSync(ctx, actor, at),
        },
        {
          scope: 'project',
          pause: () => pauseProject(ctx, actor, { projectId, reason }),
          resume: () => resumeProject(ctx, actor, { projectId }),
        },
        {
          scope: 'instance',
          pause: () => pauseInstance(ctx, actor, { reason }),
          resume: () => resumeInstance(ctx, actor, undefined),
        },
      ]
      for (const { scope, pause, resume } of scopes) {
        await pause()
        const there = contents()
        emulator.remove('A')
        await set({ B: `waits for ${scope}` })
        await checkDrift(ctx, actor, at)
        expect(await dueSyncs(ctx)).toEqual([])
        const { row, calls } = await run(sync)
        expect(calls).toEqual({})
        expect(contents()).toEqual({ B: there.B })
        expect(row).toMatchObject({
          status: 'paused',
          reason: { code: 'paused', scope, by: actor.name, why: reason, until: null, waiting: true },
          since: ctx.now().toISOString(),
        })
        expect((await planSync(ctx, actor, at)).summary).toMatchObject({ create: 1, update: 1 })
        await expect(triggerSync(ctx, actor, at)).rejects.toThrow(`paused by ${actor.name}: ${reason}`)

        await resume()
        expect(await dueSyncs(ctx)).toEqual([sync.id])
        expect((await run(sync)).row).toMatchObject({ status: 'in-sync', reason: null })
        expect(contents()).toEqual({ A: '1', B: `waits for ${scope}` })
        await resume()
      }

      const until = new Date(ctx.now().getTime() + 3_600_000).toISOString()
      await pauseSync(ctx, actor, { ...at, reason, until })
      await removeSecrets(ctx, actor, at)
      expect((await run(sync)).calls).toEqual({})
      clock.advance(3_600_001)
      expect(await dueSyncs(ctx)).toEqual([sync.id])
      await run(sync)
      expect(contents()).toEqual({})
      await expect(pauseSync(ctx, actor, { ...at, reason, until })).rejects.toThrow('has passed')
    }))

  it('stops a run and a repair that are on before their next call, and the rest follows', () =>
    fixture(async (test) => {
      const { ctx, actor, clock, emulator, set, create, run, contents } = test
      await set({ A: '1' })
      const sync = await create({ options: { driftRepair: true } })
      await run(sync)
      const at = { destination, syncId: sync.id }
      for (const [cause, wanted] of [
        [() => set({ A: '2' }), { A: '2' }],
        [() => checkDrift(ctx, actor, at).then(() => emulator.remove('A')), { A: '2' }],
      ] as const) {
        await cause()
        const [there, before] = [contents(), emulator.log.length]
        const release = emulator.hold()
        const underway = runSync(ctx, sync.id, new AbortController().signal)
        await expect.poll(() => emulator.log.length).toBeGreaterThan(before)
        await pauseInstance(ctx, actor, { reason })
        clock.advance(1000)
        release()
        await underway
        expect(contents()).toEqual(there)
        await resumeInstance(ctx, actor, undefined)
        expect(await dueSyncs(ctx)).toEqual([sync.id])
        expect((await run(sync)).row).toMatchObject({ status: 'in-sync' })
        expect(contents()).toEqual(wanted)
      }
    }))

  it('stops a run that deletes when its policy becomes none, and the next one keeps what is left', () =>
    fixture(async (test) => {
      const { ctx, actor, clock, emulator, set, unset, create, run, contents } = test
      await set({ A: '1', B: '2' })
      const sync = await create({ options: { deletionPolicy: 'owned' } })
      await run(sync)
      await unset('B')
      const before = emulator.log.length
      const release = emulator.hold()
      const underway = runSync(ctx, sync.id, new AbortController().signal)
      await expect.poll(() => emulator.log.length).toBeGreaterThan(before)
      await updateSync(ctx, actor, { destination, syncId: sync.id, options: { deletionPolicy: 'none' } })
      clock.advance(1000)
      release()
      expect(await underway).toMatchObject({ again: true })
      expect((await run(sync)).row).toMatchObject({ status: 'in-sync' })
      expect(contents()).toEqual({ A: '1', B: '2' })
    }))

  it('lets a replacement end whose key is excluded after its old value was deleted', () =>
    fixture(async (test) => {
      const { ctx, actor, clock, emulator, set, create, run, contents } = test
      await set({ A: '1' })
      const sync = await create({ destination: 'devin' })
      await run(sync)
      await set({ A: '2' })
      const before = emulator.log.length
      const release = emulator.hold((method) => method === 'DELETE')
      const underway = runSync(ctx, sync.id, new AbortController().signal)
      await expect.poll(() => emulator.log.slice(before).map(({ method }) => method)).toContain('DELETE')
      await excludeKeys(ctx, actor, { destination: 'devin', syncId: sync.id, keys: ['A'], reason: 'set by hand' })
      clock.advance(1000)
      release()
      await underway
      await run(sync)
      expect(contents()).toEqual({ A: '2' })
    }, 'devin'))

  it('leaves excluded keys alone, and is in sync without them', () =>
    fixture(async (test) => {
      const { ctx, actor, set, unset, create, run, contents } = test
      await set({ A: '1', KEPT: 'old', BLANK: ' ', BROKEN: ['$', '{NOT_THERE}'].join('') })
      const sync = await create({ options: { deletionPolicy: 'mirror' } })
      const at = { destination, syncId: sync.id }
      expect((await run(sync)).row).toMatchObject({
        status: 'needs-attention',
        reason: { code: 'source-incomplete', keys: 1 },
      })

      await excludeKeys(ctx, actor, { ...at, keys: ['BROKEN'], reason: 'not for here' })
      await run(sync)
      expect(contents()).toMatchObject({ A: '1', KEPT: 'old' })

      await excludeKeys(ctx, actor, { ...at, keys: ['KEPT', 'BLANK'], reason: 'set by hand' })
      const { row } = await run(sync)
      expect(row).toMatchObject({ status: 'in-sync', reason: null })
      expect(row.excludedKeys).toMatchObject([
        { key: 'BROKEN', reason: 'not for here', by: actor.name },
        { key: 'KEPT', reason: 'set by hand' },
        { key: 'BLANK' },
      ])

      // Neither written nor deleted, also after an edit of other options and when the secret is gone.
      await set({ KEPT: 'new' })
      await updateSync(ctx, actor, { ...at, options: { driftCheck: 'off' } })
      await run(sync)
      expect(contents()).toMatchObject({ KEPT: 'old' })
      await unset('KEPT')
      await run(sync)
      expect(contents()).toMatchObject({ KEPT: 'old' })
      const states = new Map((await listKeys(ctx, actor, at)).map((key) => [key.key, key]))
      expect(states.get('KEPT')).toMatchObject({ state: 'excluded', reason: 'set by hand', sourceKey: 'KEPT' })
      expect(states.get('A')).toMatchObject({ state: 'in-sync' })

      await includeKeys(ctx, actor, { ...at, keys: ['KEPT'] })
      await run(sync)
      expect(contents()).not.toHaveProperty('KEPT')
      await expect(includeKeys(ctx, actor, { ...at, keys: ['A'] })).rejects.toThrow('The key A is not excluded')
    }))
})
