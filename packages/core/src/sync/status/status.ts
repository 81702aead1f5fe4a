/** Step 7: what a run did becomes the sync's state and its history, in one transaction. */
import { noteConnectionProblem } from '../../connections/health.ts'
import { timestamp, type Context, type Tx } from '../../context.ts'
import { noteHealth } from '../../notices/record.ts'
import { nextCheck, NOT_CHECKED } from '../drift/record.ts'
import { keepSnapshot } from '../history/snapshot.ts'
import type { Lease } from '../lease.ts'
import { keysFreed } from '../move/freed.ts'
import { claimDue, type DueRun, type DueSync } from '../sweep.ts'
import type { OpenTarget } from '../target.ts'
import { judge, type Ending, type Verdict } from './judge.ts'
import { closeInterrupted, recordOutcomes, recordRun, type RunInHand } from './record.ts'
import { reportRun } from './report.ts'

/** The sync in hand, as it is by now; null when it is no longer due, or points elsewhere. */
export async function beginRun(ctx: Context, found: DueRun, id: string): Promise<RunInHand | null> {
  const sync = await claimDue(ctx, found)
  if (!sync) return null
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

const REMOVED = 'The secrets were removed from the target; the next change fills it again.'

async function settleSync(
  ctx: Context,
  tx: Tx,
  { id, sync, startedAt }: RunInHand,
  ending: Ending,
  verdict: Verdict,
): Promise<boolean> {
  const settled = verdict.retryIn === null
  const row = await tx
    .updateTable('syncs')
    .set((eb) => ({
      lastRunId: id,
      state: eb
        .case()
        .when('due', '>', settled ? sync.wanted : eb.ref('due'))
        .then('pending')
        .else(verdict.state)
        .end(),
      message: verdict.message,
      blockage: ending.kind === 'blocked' ? JSON.stringify(ending.blockage) : null,
      seen: settled ? sync.wanted : eb.ref('seen'),
      // A change that came while the run was on has reset the back-off: it must not be put back.
      attempts: settled
        ? 0
        : eb
            .case()
            .when('wanted', '>', sync.wanted)
            .then(0)
            .else(sync.attempts + 1)
            .end(),
      retryAt: settled
        ? null
        : eb.case().when('wanted', '>', sync.wanted).then(null).else(retryTime(ctx, verdict.retryIn)).end(),
      ...(verdict.converged
        ? {
            applied: sync.wanted,
            syncedAt: timestamp(ctx),
            overwriteApproved: 0,
            approvedPlan: null,
            // The run looked at everything: what a look found before it is mended or past.
            ...NOT_CHECKED,
            nextCheckAt: nextCheck(ctx, JSON.parse(sync.options)),
            // What came meanwhile is no older than this run.
            behindSince: eb.case().when('wanted', '>', sync.wanted).then(startedAt).else(null).end(),
          }
        : {}),
    }))
    .where('id', '=', sync.id)
    .returning(['seen', 'due', 'retryAt'])
    .executeTakeFirst()
  return isDueAgain(row)
}

async function settleRemoval(
  ctx: Context,
  tx: Tx,
  { id, sync }: RunInHand,
  verdict: Verdict,
): Promise<boolean | 'deleted'> {
  if (verdict.state === 'succeeded') {
    // Nothing has to be filled first any more; a sync that is to go stays until its last old place is left.
    const { numUpdatedRows: leaving } = await tx
      .updateTable('departures')
      .set({ revision: 0, retryAt: null })
      .where('syncId', '=', sync.id)
      .executeTakeFirst()
    if (sync.removal === 'delete' && leaving === 0n) {
      await tx.deleteFrom('syncs').where('id', '=', sync.id).execute()
      return 'deleted'
    }
    if (sync.removal === 'delete') {
      const row = await tx
        .updateTable('syncs')
        .set({
          removeRunId: id,
          removeState: 'running',
          removeMessage: null,
          applied: 0,
          seen: sync.wanted,
          attempts: 0,
          retryAt: null,
        })
        .where('id', '=', sync.id)
        .returning(['seen', 'due', 'retryAt'])
        .executeTakeFirst()
      return isDueAgain(row)
    }
  }
  const settled = verdict.retryIn === null
  const removed = verdict.state === 'succeeded'
  const unfinished = sync.state === 'running' || sync.state === 'pending'
  const row = await tx
    .updateTable('syncs')
    .set((eb) => ({
      removeRunId: id,
      removeState: settled ? (removed ? 'succeeded' : 'failed') : 'pending',
      removeMessage: verdict.message,
      removal: settled ? null : sync.removal,
      ...(removed
        ? { removedAt: timestamp(ctx), applied: 0, behindSince: timestamp(ctx), ...NOT_CHECKED, nextCheckAt: null }
        : {}),
      // The removal also answered a change that had not run yet; without this the sync would look queued for ever.
      ...(unfinished && settled ? { state: verdict.state, message: removed ? REMOVED : verdict.message } : {}),
      seen: settled ? sync.wanted : eb.ref('seen'),
      attempts: settled ? 0 : sync.attempts + 1,
      retryAt: settled ? null : retryTime(ctx, verdict.retryIn),
    }))
    .where('id', '=', sync.id)
    .returning(['seen', 'due', 'retryAt'])
    .executeTakeFirst()
  return isDueAgain(row)
}

const retryTime = (ctx: Context, delay: number | null): string =>
  new Date(ctx.now().getTime() + (delay ?? 0)).toISOString()

const isDueAgain = (row: Pick<DueSync, 'seen' | 'due' | 'retryAt'> | undefined): boolean =>
  row !== undefined && row.seen < row.due && row.retryAt === null

/** A credential that stopped working is the connection's trouble; every sync of it shows the same. Undefined: nothing was learnt. */
function credentialProblem(ending: Ending): string | null | undefined {
  if (ending.kind === 'refused' && ending.error.kind === 'auth') return ending.error.message
  return ending.kind === 'applied' && ending.errors.length === 0 ? null : undefined
}

function publish(ctx: Context, sync: DueSync, state: 'pending' | 'running' | Verdict['state']): void {
  ctx.events.publish({ kind: 'sync', projectId: sync.projectId, syncId: sync.id, state, done: 0, total: 0 })
}
