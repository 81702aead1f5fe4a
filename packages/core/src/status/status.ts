/** Step 7: what a run did becomes the sync's state and its history, in one transaction. */
import { timestamp, type Context, type Tx } from '@keyferry/kernel'
import type { OpenTarget } from '../apply/target.ts'
import { noteConnectionProblem } from '../connections/health.ts'
import { keepSnapshot } from '../history/snapshot.ts'
import type { Lease } from '../lease/lease.ts'
import { noteWritten } from '../delivery/announcements.ts'
import { noteHealth } from '../notifications/record.ts'
import { keysFreed } from '../sync/freed.ts'
import { publishSync, publishSyncDeleted } from '../sync/publish.ts'
import { noteReached } from '../sync/reached.ts'
import type { DueSync } from '../sync/due.ts'
import { evaluateRun, type RunResult } from './evaluate-run.ts'
import { closeInterrupted, recordOutcomes, recordRun, type ActiveRun } from './record.ts'
import { deliveryTime, reportRun } from './report.ts'
import { finalizeRemoval } from './finalize-removal.ts'
import { finalizeSync } from './finalize-sync.ts'

/** The run of a claimed sync. `interrupted`: an earlier one shows as running. */
export async function beginRun(
  ctx: Context,
  { id, claimed, interrupted }: { id: string; claimed: DueSync; interrupted: boolean },
): Promise<ActiveRun> {
  const sync = await noteReached(ctx, claimed)
  if (interrupted) await closeInterrupted(ctx, sync.id)
  if (sync.attempts > 0) ctx.metrics.runRetried(sync.destination)
  publishSync(ctx, sync, 'running')
  return {
    id,
    sync,
    kind: sync.removal ? 'remove' : 'sync',
    trigger: sync.attempts > 0 ? 'retry' : sync.trigger,
    actor: sync.triggeredBy,
    startedAt: timestamp(ctx),
  }
}

/**
 * Closes the run and gives back its lease. Resolves to whether the sync is due again. Throws `LeaseLost`: then nothing
 * was settled.
 */
export async function endRun(
  ctx: Context,
  run: ActiveRun,
  lease: Lease,
  target: OpenTarget | undefined,
  result: RunResult,
): Promise<{ again: boolean }> {
  const { sync } = run
  const decision = evaluateRun(ctx, sync, result)
  if (result.kind === 'broken') ctx.log.error({ err: result.error }, 'run failed')
  const plan = result.kind === 'applied' || result.kind === 'blocked' ? result.plan : null
  const outcomes = 'outcomes' in result ? (result.outcomes ?? []) : []
  const calls = target?.calls() ?? 0
  const deliveredMs = deliveryTime(ctx, run, decision.converged)
  const { state, message } = decision

  const settle = async (tx: Tx): Promise<boolean | 'deleted'> => {
    const snapshotId =
      target && result.kind === 'applied' && !sync.removal
        ? await keepSnapshot(ctx, tx, { ...sync, dataKey: target.key }, result)
        : null
    await recordRun(tx, run, { state, message, plan, calls, snapshotId, deliveredMs, finishedAt: timestamp(ctx) })
    if (outcomes.length > 0) {
      await recordOutcomes(tx, run.id, outcomes)
      await noteWritten(ctx, tx, sync.projectId, outcomes)
      // Who waits for this target is woken with the lease.
      if (outcomes.some(({ action, state }) => action === 'delete' && state === 'done')) await keysFreed(ctx, tx, sync)
    }
    const again = sync.removal
      ? await finalizeRemoval(ctx, tx, run, decision)
      : await finalizeSync(ctx, tx, run, result, decision)
    if (again !== 'deleted')
      await noteHealth(ctx, tx, sync, { runId: run.id, state, message, counts: plan?.summary ?? null })
    return again
  }
  // A run that wrote nothing: after a failure of the machine the sync is due.
  const mayBeForgotten = result.kind === 'applied' && result.ledger !== null && !sync.removal
  const again = await lease.finish(settle, { rows: outcomes.length, mayBeForgotten })
  const errors = result.kind === 'applied' ? result.errors : result.kind === 'refused' ? [result.error] : []
  reportRun(ctx, run, {
    ...decision,
    kind: run.kind,
    calls,
    counts: plan?.summary ?? null,
    deliveredMs,
    errors,
  })

  const problem = credentialProblem(result)
  if (target && problem !== undefined && (problem ?? target.connection.problem) !== null)
    await noteConnectionProblem(ctx, target.connection, problem)
  if (again === 'deleted') publishSyncDeleted(ctx, sync)
  else publishSync(ctx, sync, again ? 'pending' : decision.state)
  return { again: again === true }
}

/**
 * A credential that stopped working is the connection's trouble; every sync of it shows the same. Undefined: nothing
 * was learnt.
 */
function credentialProblem(result: RunResult): string | null | undefined {
  if (result.kind === 'refused' && result.error.kind === 'auth') return result.error.message
  return result.kind === 'applied' && result.errors.length === 0 ? null : undefined
}
