/**
 * One run of one sync, top to bottom: the pipeline of the product. A job only says "look at this sync"; what there is to do is
 * in the store, so a job that comes twice, late or never changes nothing but the time.
 */
import { nobodyStands } from '../access/standing.ts'
import type { Context } from '../context.ts'
import { DestinationError } from '../destinations/destination.ts'
import { Unresolvable } from '../errors.ts'
import { applyPlan } from './apply/apply.ts'
import { approved, blockedByFuse, blockedBySource } from './plan/blockage.ts'
import { completeDeletions } from './move/deletions.ts'
import { checkForDrift } from './drift/drift.ts'
import { fuse } from './plan/fuse.ts'
import { LeaseLost, takeLease } from './lease.ts'
import { leaveOldPlaces } from './move/leave.ts'
import { progressReporter } from './apply/progress.ts'
import { beginRun, endRun, leaveRun, type Ending } from './status/status.ts'
import { dueOnTarget, loadDue } from './sweep.ts'
import { difference, openTarget, removal, type OpenTarget } from './target.ts'

/** Runs `syncId` if it is due, or looks for drift if that is, and leaves an old place when the new one is filled. Resolves to whether it is due again already. `signal` aborts between two vendor calls. */
export async function runSync(process: Context, syncId: string, signal: AbortSignal): Promise<{ again: boolean }> {
  const ctx = { ...process, log: process.log.child({ syncId }) }
  const { again } = await runIfDue(ctx, syncId, signal)
  // Its own lease is given back by then: the old place has another one.
  if (!again) await leaveOldPlaces(ctx, syncId, signal)
  return { again }
}

async function runIfDue(outer: Context, syncId: string, signal: AbortSignal): Promise<{ again: boolean }> {
  const sync = await loadDue(outer, syncId)
  if (!sync) return checkForDrift(outer, syncId, signal)
  const runId = crypto.randomUUID()
  const ctx = { ...outer, log: outer.log.child({ runId }) }
  const lease = await takeLease(ctx, sync.targetKey, runId)
  // Another run writes to this target; when it ends it wakes whoever is due there.
  if (!lease) return { again: false }
  try {
    // Pointed elsewhere while we waited: this lease is for the wrong place.
    const present = await ctx.db.selectFrom('syncs').where('id', '=', syncId).select('targetKey').executeTakeFirst()
    if (present?.targetKey !== sync.targetKey) return { again: present !== undefined }
    const run = await beginRun(ctx, sync, runId)
    let target: OpenTarget | undefined
    try {
      // Taking back what was sent needs nobody: no value leaves.
      const unstood = sync.removal ? null : await nobodyStands(ctx.db, sync)
      if (unstood) return await endRun(ctx, run, 0, { kind: 'blocked', plan: null, blockage: unstood })
      target = await openTarget(ctx, sync, { signal, guard: () => lease.check() })
      const found = sync.removal ? await removal(ctx, target) : await difference(ctx, target)
      const blown = sync.removal ? null : fuse(found.plan, found.observed, target.schema.covers)
      if (blown !== null && !approved(sync, found.plan))
        return await endRun(ctx, run, target.calls(), blockedByFuse(found.plan, blown))
      const applied = await applyPlan(ctx, { ...target, spec: sync }, found, lease, progressReporter(ctx, sync))
      return await endRun(ctx, run, target.calls(), {
        kind: 'applied',
        plan: found.plan,
        desired: found.desired,
        ...applied,
      })
    } catch (error) {
      if (error instanceof LeaseLost) ctx.metrics.leaseLost(sync.destination)
      const ending = endingOf(error, signal)
      if (ending === null) return await leaveRun(ctx, run)
      return await endRun(ctx, run, target?.calls() ?? 0, ending)
    } finally {
      await target?.close()
    }
  } finally {
    await lease.release()
    await ctx.queue.wake(await dueOnTarget(ctx, sync.targetKey, syncId))
    if (sync.removal) await completeDeletions(ctx)
  }
}

/** What an error means for the run; null when the run was merely interrupted and is to be resumed by whoever comes next. */
function endingOf(error: unknown, signal: AbortSignal): Ending | null {
  if (error instanceof LeaseLost || signal.aborted) return null
  if (error instanceof Unresolvable) return blockedBySource(error)
  if (error instanceof DestinationError) return { kind: 'refused', error }
  return { kind: 'broken', error }
}
