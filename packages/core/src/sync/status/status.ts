/** Step 7: what a run did becomes the sync's state and its history, in one transaction. */
import { noteConnectionProblem } from '../../connections/health.ts'
import { timestamp, type Context, type Tx } from '../../context.ts'
import type { DestinationError } from '../../destinations/destination.ts'
import { noteHealth } from '../../notices/record.ts'
import { transact } from '../../transaction.ts'
import type { Applied, Outcome } from '../apply/apply.ts'
import type { Blocked } from '../plan/blockage.ts'
import { nextCheck, NOT_CHECKED } from '../drift/record.ts'
import type { Desired } from '../plan/desired.ts'
import type { Plan } from '../plan/plan.ts'
import { reportRun } from './report.ts'
import { retryDelay } from './retry.ts'
import { keysFreed } from '../move/freed.ts'
import { keepSnapshot } from '../history/snapshot.ts'
import type { DueSync } from '../sweep.ts'

export interface RunInHand {
  id: string
  sync: DueSync
  startedAt: string
}

/** How a run ended. `refused`: the vendor, as a whole. `broken`: a fault of ours. */
export type Ending =
  | ({ kind: 'applied'; plan: Plan; desired: Desired } & Applied)
  | Blocked
  | { kind: 'refused'; error: DestinationError }
  | { kind: 'broken'; error: unknown }

interface Verdict {
  state: 'succeeded' | 'partial' | 'failed' | 'blocked'
  message: string | null
  /** Milliseconds until another try; null: not before something changes. */
  retryIn: number | null
  /** Everything that can be there is there. */
  converged: boolean
}

/** Opens the history row; an earlier run of this sync that never ended is closed first, its process is gone. */
export async function beginRun(ctx: Context, sync: DueSync, id: string): Promise<RunInHand> {
  const startedAt = timestamp(ctx)
  await transact(ctx, async (tx) => {
    await tx
      .updateTable('runs')
      .set({ state: 'failed', message: 'Interrupted; the next run went on from there.', finishedAt: timestamp(ctx) })
      .where('syncId', '=', sync.id)
      .where('state', '=', 'running')
      .execute()
    await tx
      .insertInto('runs')
      .values({
        id,
        syncId: sync.id,
        kind: sync.removal ? 'remove' : 'sync',
        state: 'running',
        trigger: sync.attempts > 0 ? 'retry' : sync.trigger,
        actor: sync.triggeredBy,
        revision: sync.wanted,
        planHash: null,
        counts: null,
        calls: 0,
        message: null,
        startedAt,
        finishedAt: null,
      })
      .execute()
    await tx
      .updateTable('syncs')
      .set(sync.removal ? { removeState: 'running', removeRunId: id } : { state: 'running', lastRunId: id })
      .where('id', '=', sync.id)
      .execute()
  })
  if (sync.attempts > 0) ctx.metrics.runRetried(sync.destination)
  publish(ctx, sync, 'running')
  return { id, sync, startedAt }
}

/** Closes the run. Resolves to whether the sync is due again. */
export async function endRun(ctx: Context, run: RunInHand, calls: number, ending: Ending): Promise<{ again: boolean }> {
  const { sync } = run
  const verdict = judge(ctx, sync, ending)
  if (ending.kind === 'broken') ctx.log.error({ err: ending.error }, 'run failed')
  const plan = ending.kind === 'applied' || ending.kind === 'blocked' ? ending.plan : null

  const again = await transact(ctx, async (tx) => {
    const snapshotId = ending.kind === 'applied' && !sync.removal ? await keepSnapshot(tx, sync, ending.desired) : null
    await tx
      .updateTable('runs')
      .set({
        state: verdict.state,
        message: verdict.message,
        planHash: plan?.hash ?? null,
        counts: plan ? JSON.stringify(plan.summary) : null,
        calls,
        snapshotId,
        finishedAt: timestamp(ctx),
      })
      .where('id', '=', run.id)
      .execute()
    if (ending.kind === 'applied') {
      await keepOutcomes(tx, run.id, ending.outcomes)
      // Who waits for this target is woken with the lease.
      if (ending.outcomes.some(({ action, state }) => action === 'delete' && state === 'done'))
        await keysFreed(ctx, tx, sync)
    }
    const again = sync.removal
      ? await settleRemoval(ctx, tx, sync, verdict)
      : await settleSync(ctx, tx, run, ending, verdict)
    const { state, message } = verdict
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
  if (problem !== undefined) await noteConnectionProblem(ctx, sync.connectionId, problem)
  if (again === 'deleted') ctx.events.publish({ kind: 'sync-deleted', projectId: sync.projectId, syncId: sync.id })
  else publish(ctx, sync, again ? 'pending' : verdict.state)
  return { again: again === true }
}

/** Leaves an interrupted run: the sync stays due, the next process goes on. */
export async function leaveRun(ctx: Context, run: Pick<RunInHand, 'id'>): Promise<{ again: boolean }> {
  await ctx.db
    .updateTable('runs')
    .set({ state: 'failed', message: 'Interrupted; the next run goes on from there.', finishedAt: timestamp(ctx) })
    .where('id', '=', run.id)
    .execute()
  ctx.log.info('run interrupted')
  return { again: false }
}

/** What an ending means for the sync. */
export function judge(ctx: Context, sync: DueSync, ending: Ending): Verdict {
  switch (ending.kind) {
    case 'blocked':
      return { state: 'blocked', message: ending.blockage.message, retryIn: null, converged: false }
    case 'broken':
      return {
        state: 'failed',
        message: 'Keyferry failed inside; its log has the details.',
        retryIn: retryDelay(ctx, sync.attempts, []),
        converged: false,
      }
    case 'refused':
      return {
        state: 'failed',
        message: ending.error.message,
        retryIn: retryDelay(ctx, sync.attempts, [ending.error]),
        converged: false,
      }
    case 'applied': {
      const { outcomes, errors } = ending
      const failed = outcomes.filter((outcome) => outcome.state === 'failed')
      const rejected = outcomes.filter((outcome) => outcome.state === 'rejected')
      if (failed.length === 0 && rejected.length === 0)
        return { state: 'succeeded', message: null, retryIn: null, converged: true }
      const done = outcomes.length - failed.length - rejected.length + ending.plan.summary.keep
      return {
        state: failed.length > 0 && done === 0 ? 'failed' : 'partial',
        message: summary(failed, rejected),
        retryIn: failed.length > 0 ? retryDelay(ctx, sync.attempts, errors) : null,
        converged: failed.length === 0,
      }
    }
  }
}

const REMOVED = 'The secrets were removed from the target; the next change fills it again.'
const NAMED = 5

function summary(failed: readonly Outcome[], rejected: readonly Outcome[]): string {
  const part = (outcomes: readonly Outcome[], what: string): string[] => {
    if (outcomes.length === 0) return []
    const named = outcomes.slice(0, NAMED).map(({ key, reason }) => `${key} (${reason})`)
    const more = outcomes.length > NAMED ? ` and ${outcomes.length - NAMED} more` : ''
    return [`${outcomes.length} ${what}: ${named.join(', ')}${more}`]
  }
  return [...part(failed, 'failed'), ...part(rejected, 'cannot be held there')].join('. ')
}

export async function keepOutcomes(tx: Tx, runId: string, outcomes: readonly Outcome[]): Promise<void> {
  for (let i = 0; i < outcomes.length; i += 200) {
    await tx
      .insertInto('outcomes')
      .values(outcomes.slice(i, i + 200).map((outcome) => ({ runId, ...outcome })))
      .execute()
  }
}

async function settleSync(
  ctx: Context,
  tx: Tx,
  { sync, startedAt }: RunInHand,
  ending: Ending,
  verdict: Verdict,
): Promise<boolean> {
  const settled = verdict.retryIn === null
  await tx
    .updateTable('syncs')
    .set((eb) => ({
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
    .execute()
  return dueAgain(tx, sync.id)
}

async function settleRemoval(ctx: Context, tx: Tx, sync: DueSync, verdict: Verdict): Promise<boolean | 'deleted'> {
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
      await tx
        .updateTable('syncs')
        .set({ removeState: 'running', removeMessage: null, applied: 0, seen: sync.wanted, attempts: 0, retryAt: null })
        .where('id', '=', sync.id)
        .execute()
      return dueAgain(tx, sync.id)
    }
  }
  const settled = verdict.retryIn === null
  const removed = verdict.state === 'succeeded'
  const unfinished = sync.state === 'running' || sync.state === 'pending'
  await tx
    .updateTable('syncs')
    .set((eb) => ({
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
    .execute()
  return dueAgain(tx, sync.id)
}

const retryTime = (ctx: Context, delay: number | null): string =>
  new Date(ctx.now().getTime() + (delay ?? 0)).toISOString()

async function dueAgain(tx: Tx, syncId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('syncs')
    .where('id', '=', syncId)
    .select(['seen', 'due', 'retryAt'])
    .executeTakeFirst()
  return row !== undefined && row.seen < row.due && row.retryAt === null
}

/** A credential that stopped working is the connection's trouble; every sync of it shows the same. Undefined: nothing was learnt. */
function credentialProblem(ending: Ending): string | null | undefined {
  if (ending.kind === 'refused' && ending.error.kind === 'auth') return ending.error.message
  return ending.kind === 'applied' && ending.errors.length === 0 ? null : undefined
}

function publish(ctx: Context, sync: DueSync, state: 'pending' | 'running' | Verdict['state']): void {
  ctx.events.publish({ kind: 'sync', projectId: sync.projectId, syncId: sync.id, state, done: 0, total: 0 })
}
