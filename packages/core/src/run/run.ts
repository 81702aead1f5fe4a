/**
 * One run of one sync, top to bottom: the pipeline of the product. A job only says that the sync may be due; what there
 * is to do is in the store, so a job that comes twice, late or never changes nothing but the time.
 */
import { Forbidden, TooLarge, traced, Unresolvable, type Context, type Tx } from '@keyferry/kernel'
import { applyPlan } from '../apply/apply.ts'
import { progressReporter } from '../apply/progress.ts'
import { difference, openTarget, removalDifference, type Difference, type OpenTarget } from '../apply/target.ts'
import { completeDeletions } from '../cleanup/deletions.ts'
import { cleanUpOldTargets } from '../cleanup/clean-up.ts'
import { ConnectionNotAllowed } from '../connections/allowed.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import { checkForDrift } from '../drift/drift.ts'
import { importFirst } from '../import/first-import.ts'
import { LeaseLost, type Lease } from '../lease/lease.ts'
import { blockedByConnection, blockedByDeletionGuard, blockedBySource, type Blocked } from '../plan/blockage.ts'
import { deletionGuard } from '../plan/deletion-guard.ts'
import { isWrite, partOf } from '../plan/plan.ts'
import type { RunResult } from '../status/evaluate-run.ts'
import { isPassing } from '../status/retry.ts'
import { interruptRun, recordWriting, type ActiveRun } from '../status/record.ts'
import { claimRun } from '../status/claim-run.ts'
import { beginRun, endRun } from '../status/status.ts'
import { followsImport } from '../sync/options.ts'
import { callGuard, StopRequested, type CallGuard } from '../sync/call-guard.ts'
import { blockedByOwner, blockageWithoutOwner, ownerReads } from '../sync/owner.ts'
import { dueOnTarget, loadDue, loadSync, requestedRevision, type DueSync, type LoadedSync } from '../sync/due.ts'

/** Milliseconds that one run may take. What has landed by then stays; the next try continues from there. */
const BUDGET_MS = 15 * 60_000

export interface Done {
  /** It is due already once more. */
  again: boolean
  /** The desired revision this run observed; null when the sync is gone. */
  revision: number | null
  /** More changes came before it wrote anything: others may follow, so the next run can wait for them. */
  isBurst: boolean
}

type Ended = Pick<Done, 'again'> & Partial<Pick<Done, 'isBurst'>>

/**
 * Runs the sync if it is due, otherwise a drift check that is due; then cleans up its previous target, once the new one
 * is complete. `signal` aborts between two vendor calls.
 */
export async function runSync(process: Context, syncId: string, signal: AbortSignal): Promise<Done> {
  const ctx = { ...process, log: process.log.child({ syncId }) }
  try {
    return await runPresent(ctx, syncId, signal)
  } catch (error) {
    if (!(await isGone(ctx, syncId))) throw error
    // It writes down nothing more; calls that were in flight have ended.
    ctx.log.info('the sync was deleted during its run')
    return GONE
  }
}

const GONE: Done = { again: false, revision: null, isBurst: false }

const isGone = async (ctx: Context, syncId: string): Promise<boolean> =>
  (await requestedRevision(ctx.db, syncId)) === null

async function runPresent(ctx: Context, syncId: string, signal: AbortSignal): Promise<Done> {
  const found = await loadSync(ctx, syncId)
  if (!found) return GONE
  const { again, isBurst = false }: Ended = found.isDue
    ? await tracedRun(ctx, found, signal)
    : await checkForDrift(ctx, syncId, signal)
  // Its own lease is given back by then: the old place has another one. A sync that is moved meanwhile is due once
  // more.
  if (!again && found.hasCleanups) await cleanUpOldTargets(ctx, syncId, signal)
  return { again, revision: found.sync.due, isBurst }
}

function tracedRun(ctx: Context, found: LoadedSync, signal: AbortSignal): Promise<Ended> {
  const { id, destination } = found.sync
  const attributes = { 'keyferry.sync.id': id, 'keyferry.destination': destination }
  return traced(ctx.tracing, 'run', { attributes }, () => runDue(ctx, found, signal))
}

async function runDue(outer: Context, found: LoadedSync, signal: AbortSignal): Promise<Ended> {
  const { id, targetKey } = found.sync
  const runId = crypto.randomUUID()
  const ctx = { ...outer, log: outer.log.child({ runId }) }
  const claim = await claimRun(ctx, found.sync, runId)
  // Another run writes to this target; when it ends it wakes the syncs that are due there.
  if (!claim) return { again: false }
  const { lease, sync: claimed } = claim
  try {
    // Settled by another run, or pointed elsewhere, since we looked.
    if (!claimed) return { again: (await loadDue(ctx, id)) !== undefined }
    const run = await beginRun(ctx, { id: runId, claimed, interrupted: found.interrupted })
    try {
      return await carryOut(ctx, run, lease, { signal, ...callGuard(ctx, lease, run.sync, found.sinceRead) })
    } catch (error) {
      if (error instanceof LeaseLost) ctx.metrics.leaseLost(found.sync.destination)
      else if (!(error instanceof StopRequested) && !signal.aborted) throw error
      await interruptRun(ctx, run)
      // With other options it continues at once.
      return { again: error instanceof StopRequested && (await loadDue(ctx, id)) !== undefined }
    }
  } finally {
    await lease.release()
    await ctx.queue.wake(await dueOnTarget(ctx, targetKey, id))
    if (found.sync.removal) await completeDeletions(ctx)
  }
}

async function carryOut(
  ctx: Context,
  run: ActiveRun,
  lease: Lease,
  { signal, ...guarding }: CallGuard & { signal: AbortSignal },
): Promise<Ended> {
  const budget = AbortSignal.timeout(BUDGET_MS)
  let target: OpenTarget | undefined
  let result: RunResult
  try {
    const removes = run.sync.removal !== null
    const limits = { signal: AbortSignal.any([signal, budget]), ...guarding, removes }
    const [opened, ownerless] = await Promise.all([
      openTarget(ctx, run.sync, limits),
      removes ? null : blockageWithoutOwner(ctx.db, run.sync),
    ])
    target = opened
    if (ownerless) result = { kind: 'blocked', plan: null, blockage: ownerless }
    else {
      const first = removes ? 'none' : await importFirst(ctx, run, target, lease)
      // The sync stays due.
      if (first === 'outdated') return { again: true }
      result = first === 'none' ? await planAndApply(ctx, run, target, lease) : first
    }
  } catch (error) {
    if (error instanceof LeaseLost || error instanceof StopRequested || signal.aborted) throw error
    result = budget.aborted ? overBudget(error) : resultOfError(error, run.sync)
    if (result.kind === 'broken' && (await isGone(ctx, run.sync.id))) throw error
  } finally {
    await target?.close()
  }
  const { again } = await endRun(ctx, run, lease, target, result)
  return { again, isBurst: result.kind === 'applied' && result.isBurst }
}

async function planAndApply(ctx: Context, run: ActiveRun, target: OpenTarget, lease: Lease): Promise<RunResult> {
  const { sync } = run
  const found = sync.removal
    ? await removalDifference(ctx, target)
    : await difference(ctx, target, await ownerReads(ctx.db, sync), { writes: true })
  const { plan, desired, ledger, observed } = found
  const agreed = { followsImport: followsImport(sync), overwrites: sync.overwriteApproved === 1 }
  const blown = sync.removal ? null : deletionGuard(plan, observed, target.schema.covers, agreed)
  if (blown !== null && sync.approvedPlan !== plan.hash)
    return restoreMissing(ctx, run, target, lease, found, blockedByDeletionGuard(plan, blown))
  const writes = plan.forget.length > 0 || plan.changes.some(isWrite)
  let isBurst = false
  const begin = async (tx: Tx): Promise<void> => {
    isBurst = (await recordWriting(tx, run, plan)) > sync.due
  }
  const applied = await applyPlan(ctx, { ...target, spec: sync }, found, lease, {
    progress: progressReporter(ctx, sync),
    ...(writes ? { begin } : {}),
  })
  return { kind: 'applied', plan, desired, ledger: writes ? null : ledger, isBurst, ...applied }
}

/**
 * Writes the keys that an interrupted replacement took away, whatever a person says of the deletions that `blocked`
 * waits for.
 */
async function restoreMissing(
  ctx: Context,
  run: ActiveRun,
  target: OpenTarget,
  lease: Lease,
  found: Difference,
  blocked: Blocked,
): Promise<RunResult> {
  const { plan, ledger } = found
  const missing = partOf(plan, ({ key, action }) => action === 'create' && ledger.get(key)?.intent === 'replacing')
  if (missing.changes.length === 0) return blocked
  const begin = (tx: Tx) => recordWriting(tx, run, plan)
  const opened = { ...target, spec: run.sync }
  const { outcomes, errors } = await applyPlan(ctx, opened, { ...found, plan: missing }, lease, { begin })
  const error = errors.find(isPassing)
  if (error) return { kind: 'refused', error }
  const rest: RunResult = errors.length === 0 ? await planAndApply(ctx, run, target, lease) : blocked
  return rest.kind === 'applied' || rest.kind === 'blocked'
    ? { ...rest, outcomes: [...outcomes, ...(rest.outcomes ?? [])] }
    : rest
}

/** What an error means for the run. */
function resultOfError(error: unknown, sync: DueSync): RunResult {
  if (error instanceof Unresolvable || error instanceof TooLarge) return blockedBySource(error)
  if (error instanceof ConnectionNotAllowed) return blockedByConnection(error)
  if (error instanceof Forbidden) return { kind: 'blocked', plan: null, blockage: blockedByOwner(sync) }
  if (error instanceof DestinationError) return { kind: 'refused', error }
  return { kind: 'broken', error }
}

const overBudget = (cause: unknown): RunResult => ({
  kind: 'refused',
  error: new DestinationError(
    'unavailable',
    `It took longer than ${BUDGET_MS / 60_000} minutes. Written keys are kept; the next run continues.`,
    { cause },
  ),
})
