/**
 * Runs that do not come to their own end: out of time, taken over, or ended with their process. Every vendor, every
 * database.
 */
import { onEveryDatabase } from '@keyferry/db/testing'
import { afterEach, expect, it, vi } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import type { Fault } from '../destinations/shared/emulators/emulator.ts'
import { listRuns } from '../history/runs.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { deleteSync } from '../verbs/remove.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { runSync } from './run.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

for (const destination of (await representatives()).keys()) {
  onEveryDatabase(`a run at ${destination} that is interrupted`, (open) => {
    const fixture = async (work: (fixture: SyncFixture, sync: { id: string }) => Promise<void>) => {
      const started = await startSyncFixture(open, destination)
      try {
        await started.set({ A: '1', B: '2' })
        await work(started, await started.create())
      } finally {
        await started.close()
      }
    }
    const runs = async ({ ctx, actor }: SyncFixture, { id }: { id: string }) =>
      (await listRuns(ctx, actor, { destination, syncId: id })).map(({ state, message }) => ({ state, message }))
    /** A run that is under way: it is asking the vendor for the `count`th time. */
    const asking = async ({ ctx, emulator }: SyncFixture, { id }: { id: string }, signal: AbortSignal, count = 1) => {
      const before = emulator.log.length
      const going = runSync(ctx, id, signal)
      await expect.poll(() => emulator.log.length - before, { interval: 5 }).toBeGreaterThanOrEqual(count)
      return { going }
    }
    const never = new AbortController().signal

    it('by the end of its time says so, keeps what has arrived and is tried again', () =>
      fixture(async (it, sync) => {
        const budget = new AbortController()
        const timeout = AbortSignal.timeout.bind(AbortSignal)
        vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => (ms === 15 * 60_000 ? budget.signal : timeout(ms)))
        const release = it.emulator.hold()
        const { going } = await asking(it, sync, never)
        budget.abort(new DOMException('', 'TimeoutError'))
        expect(await going).toMatchObject({ again: false })
        vi.restoreAllMocks()
        release()
        expect(await runs(it, sync)).toEqual([
          { state: 'failed', message: expect.stringContaining('longer than 15 minutes') },
        ])
        expect(it.contents()).toEqual({})

        it.clock.advance(60 * 60_000)
        const { row } = await it.run(sync)
        expect(row).toMatchObject({ state: 'succeeded', inSync: true })
        expect(it.contents()).toEqual({ A: '1', B: '2' })
      }))

    it('while it only looked has left no trace, and while it wrote is in the history', () =>
      fixture(async (it, sync) => {
        const stop = new AbortController()
        const release = it.emulator.hold()
        const looking = await asking(it, sync, stop.signal)
        stop.abort()
        expect(await looking.going).toMatchObject({ again: false })
        expect(await runs(it, sync)).toEqual([])

        // The listing and the first write.
        release()
        const releaseWrites = it.emulator.hold((method) => method !== 'GET')
        const stopLater = new AbortController()
        const writing = await asking(it, sync, stopLater.signal, 2)
        stopLater.abort()
        await writing.going
        expect(await runs(it, sync)).toEqual([{ state: 'failed', message: 'Interrupted. The next run continues.' }])

        releaseWrites()
        // Runs of one moment have no order.
        it.clock.advance(1000)
        await it.run(sync)
        expect((await runs(it, sync)).map(({ state }) => state)).toEqual(['succeeded', 'failed'])
        expect(it.contents()).toEqual({ A: '1', B: '2' })
      }))

    it.each<{ answer: string; later: Fault }>([
      { answer: 'no', later: { kind: 'reset-after' } },
      { answer: 'a late', later: { kind: 'status', status: 403 } },
    ])('after a write with $answer answer is followed by one when the source has the former value again', ({ later }) =>
      fixture(async (it, sync) => {
        await it.run(sync)
        await it.set({ A: 'new' })
        for (let n = 1; n <= 10; n++)
          it.emulator.fail(n, n === 1 ? { kind: 'reset-after' } : later, (method) => method !== 'GET')
        await it.run(sync)
        it.emulator.heal()
        await it.set({ A: '1' })
        expect((await it.run(sync)).row).toMatchObject({ state: 'succeeded', inSync: true })
        expect(it.contents()).toEqual({ A: '1', B: '2' })
      }),
    )

    it('by a process that is gone is closed by the next one', () =>
      fixture(async (it, sync) => {
        await it.run(sync)
        await triggerSync(it.ctx, it.actor, { destination, syncId: sync.id })
        await it.ctx.db.updateTable('runs').set({ state: 'running', finishedAt: null }).execute()
        it.clock.advance(1000)
        await it.run(sync)
        expect(await runs(it, sync)).toEqual([
          { state: 'succeeded', message: null },
          { state: 'failed', message: 'Interrupted. The next run continues.' },
        ])
      }))

    it('by the deletion of its sync ends without an error and loses no key', () =>
      fixture(async (it, sync) => {
        await it.run(sync)
        await it.set({ A: '3', B: '4' })
        const errors = vi.fn<typeof it.ctx.log.error>()
        const quiet = it.ctx.log.child({})
        Object.assign(quiet, { error: errors, child: () => quiet })
        const release = it.emulator.hold((method) => method !== 'GET')
        // The listing and the first write.
        const { going } = await asking({ ...it, ctx: { ...it.ctx, log: quiet } }, sync, never, 2)
        await deleteSync(it.ctx, it.actor, { destination, syncId: sync.id, removeSecrets: false })
        release()
        expect(await going).toEqual({ again: false, revision: null, isBurst: false })
        expect(errors).not.toHaveBeenCalled()
        expect(Object.keys(it.contents()).sort()).toEqual(['A', 'B'])
      }))

    it('by the deletion of its sync, with nothing to write, leaves no trace', () =>
      fixture(async (it, sync) => {
        await it.run(sync)
        await triggerSync(it.ctx, it.actor, { destination, syncId: sync.id })
        const events = vi.spyOn(it.ctx.events, 'publish')
        const release = it.emulator.hold()
        const { going } = await asking(it, sync, never)
        await deleteSync(it.ctx, it.actor, { destination, syncId: sync.id, removeSecrets: false })
        release()
        expect(await going).toEqual({ again: false, revision: null, isBurst: false })
        expect(await it.ctx.db.selectFrom('runs').select('syncId').execute()).toEqual([{ syncId: sync.id }])
        expect(events.mock.lastCall?.[0]).toMatchObject({ kind: 'sync-deleted' })
      }))

    it('by a successor on its target settles nothing', () =>
      fixture(async (it, sync) => {
        const release = it.emulator.hold()
        const { going } = await asking(it, sync, never)
        await it.ctx.db
          .updateTable('leases')
          .set((eb) => ({ fence: eb('fence', '+', 1), holder: 'another' }))
          .execute()
        release()
        expect(await going).toMatchObject({ again: false })
        const { seen, applied } = await it.ctx.db
          .selectFrom('syncs')
          .select(['seen', 'applied'])
          .executeTakeFirstOrThrow()
        expect({ seen, applied }).toEqual({ seen: 0, applied: 0 })
        expect(it.contents()).toEqual({})
      }))
  })
}
