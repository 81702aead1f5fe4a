/** Step 7: what a run did becomes the sync's state and its history, in one transaction. */
import { timestamp, type Context } from '@keyferry/kernel'
import type { OpenTarget } from '../apply/target.ts'
import { noteConnectionProblem } from '../connections/health.ts'
import { keepSnapshot } from '../history/snapshot.ts'
import type { Lease } from '../lease/lease.ts'
import { noteHealth } from '../notifications/record.ts'
import { keysFreed } from '../sync/freed.ts'
import { noteReached } from '../sync/reached.ts'
import { claimDue, type DueSync, type Looked } from '../sync/sweep.ts'
import { judge, type Ending, type Verdict } from './judge.ts'
import { closeInterrupted, recordOutcomes, recordRun, type RunInHand } from './record.ts'
import { reportRun } from './report.ts'
import { settleRemoval, settleSync } from './settle.ts'

/** The sync in hand, as it is by now; null when it is no longer due, or points elsewhere. */
export async function beginRun(ctx: Context, found: Looked, id: string): Promise<RunInHand | null> {
  const claimed = await claimDue(ctx, found.sync)
  if (!claimed) return null
  const sync = await noteReached(ctx, claimed)
  if (found.interrupted) await closeInterrupted(ctx, sync.id)
  if (sync.attempts > 0) ctx.metrics.runRetried(sync.destination)
  publish(ctx, sync, 'running')
  return {
    id,
    sync,
    kind: sync.removal ? 'remove' : 'sync',
    trigger: sync.attempts > 0 ? 'retry' : sync.trigger,
    actor: sync.triggeredBy,
    startedAt: timestamp(ctx),
  }
}

/** Closes the run and gives back its lease. Resolves to whether the sync is due again. Throws `LeaseLost`: then nothing was settled. */
export async function endRun(
  ctx: Context,
  run: RunInHand,
  lease: Lease,
  target: OpenTarget | undefined,
  ending: Ending,
): Promise<{ again: boolean }> {
  const { sync } = run
  const verdict = judge(ctx, sync, ending)
  if (ending.kind === 'broken') ctx.log.error({ err: ending.error }, 'run failed')
  const plan = ending.kind === 'applied' || ending.kind === 'blocked' ? ending.plan : null
  const calls = target?.calls() ?? 0
  const { state, message } = verdict

  const again = await lease.endWith(async (tx) => {
    const snapshotId = ending.kind === 'applied' && !sync.removal ? await keepSnapshot(tx, sync, ending) : null
    await recordRun(tx, run, { state, message, plan, calls, snapshotId, finishedAt: timestamp(ctx) })
    if (ending.kind === 'applied') {
      await recordOutcomes(tx, run.id, ending.outcomes)
      // Who waits for this target is woken with the lease.
      if (ending.outcomes.some(({ action, state }) => action === 'delete' && state === 'done'))
        await keysFreed(ctx, tx, sync)
    }
    const again = sync.removal
      ? await settleRemoval(ctx, tx, run, verdict)
      : await settleSync(ctx, tx, run, ending, verdict)
    if (again !== 'deleted')
      await noteHealth(ctx, tx, sync, { runId: run.id, state, message, counts: plan?.summary ?? null })
    return again
  })
  const errors = ending.kind === 'applied' ? ending.errors : ending.kind === 'refused' ? [ending.error] : []
  reportRun(ctx, run, {
    ...verdict,
    kind: sync.removal ? 'remove' : 'sync',
    calls,
    counts: plan?.summary ?? null,
    errors,
  })

  const problem = credentialProblem(ending)
  if (target && problem !== undefined && (problem ?? target.connection.problem) !== null)
    await noteConnectionProblem(ctx, sync.connectionId, problem)
  if (again === 'deleted') ctx.events.publish({ kind: 'sync-deleted', projectId: sync.projectId, syncId: sync.id })
  else publish(ctx, sync, again ? 'pending' : verdict.state)
  return { again: again === true }
}

/** A credential that stopped working is the connection's trouble; every sync of it shows the same. Undefined: nothing was learnt. */
function credentialProblem(ending: Ending): string | null | undefined {
  if (ending.kind === 'refused' && ending.error.kind === 'auth') return ending.error.message
  return ending.kind === 'applied' && ending.errors.length === 0 ? null : undefined
}

function publish(ctx: Context, sync: DueSync, state: 'pending' | 'running' | Verdict['state']): void {
  ctx.events.publish({ kind: 'sync', projectId: sync.projectId, syncId: sync.id, state, done: 0, total: 0 })
}
