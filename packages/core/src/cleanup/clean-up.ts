/**
 * The second half of a retarget: once the new target is filled, deletes the keys of the ledger at the old one, under
 * the lease of that target.
 */
import { randomUUID } from 'node:crypto'
import type { DepartureTable, SyncTable } from '@keyferry/db'
import { timestamp, transact, type Context } from '@keyferry/kernel'
import { outcomeReasonText, type CleanupFailure, type SyncMessage } from '@keyferry/schemas'
import type { Selectable } from 'kysely'
import { applyPlan } from '../apply/apply.ts'
import { keysAt } from '../apply/ledger.ts'
import type { Outcome } from '../apply/outcomes.ts'
import { cleanupDifference, openTarget } from '../apply/target.ts'
import { ConnectionNotAllowed } from '../connections/allowed.ts'
import { notingRefusal } from '../connections/health.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import { destination } from '../destinations/registry.ts'
import { LeaseLost, takeLease, type Lease } from '../lease/lease.ts'
import { noteStuckMove } from '../notifications/trouble.ts'
import type { Plan } from '../plan/plan.ts'
import { recordOutcomes, recordRun } from '../status/record.ts'
import { retryDelay } from '../status/retry.ts'
import { callGuard, StopRequested } from '../sync/call-guard.ts'
import { keysFreed } from '../sync/freed.ts'
import type { StoredOptions } from '../sync/options.ts'
import { dueCleanups, dueOnTarget, LONGEST_BACK_OFF_MS } from '../sync/due.ts'
import { readPauses } from '../sync/pauses.ts'
import { publishSync, publishSyncDeleted } from '../sync/publish.ts'
import { completeDeletions } from './deletions.ts'

type Cleanup = Pick<Selectable<DepartureTable>, 'id' | 'syncId' | 'connectionId' | 'target' | 'targetKey' | 'attempts'>
type Sync = Selectable<SyncTable>

/** The sync was pointed to this place again, or is gone: what it wrote here stays. */
class CleanupCancelled extends Error {
  constructor() {
    super('the cleanup was cancelled')
    this.name = 'CleanupCancelled'
  }
}

const COLUMNS = [
  'departures.id',
  'departures.syncId',
  'departures.connectionId',
  'departures.target',
  'departures.targetKey',
  'departures.attempts',
] as const

/**
 * Cleans up every old target of a sync whose new target is filled, oldest first. The caller holds no lease: one at a
 * time can’t dead-lock. What fails stays due, and says so with the sync. `signal` aborts between two vendor
 * calls.
 */
export async function cleanUpOldTargets(ctx: Context, syncId: string, signal: AbortSignal): Promise<void> {
  const cleanups = await dueCleanups(ctx, await readPauses(ctx, ctx.db))
    .where('departures.syncId', '=', syncId)
    .orderBy('departures.createdAt')
    .orderBy('departures.id')
    .select(COLUMNS)
    .execute()
  for (const cleanup of cleanups) {
    if (signal.aborted) return
    const lease = await takeLease(ctx, cleanup.targetKey, randomUUID())
    // Someone writes there; when that run ends it wakes the syncs that wait to clean up.
    if (!lease) continue
    try {
      await cleanUp(ctx, cleanup, lease, signal)
    } finally {
      await lease.release()
      await ctx.queue.wake(await dueOnTarget(ctx, cleanup.targetKey, syncId))
    }
  }
  if (cleanups.length > 0) await endIfRemoved(ctx, syncId)
}

async function cleanUp(ctx: Context, cleanup: Cleanup, lease: Lease, signal: AbortSignal): Promise<void> {
  const sync = await ctx.db.selectFrom('syncs').where('id', '=', cleanup.syncId).selectAll().executeTakeFirst()
  if (!sync) return
  const { deletionPolicy }: StoredOptions = JSON.parse(sync.options)
  const keys = await keysAt(ctx.db, cleanup)
  try {
    // `none` beats everything but a person's explicit removal.
    if (keys.length === 0 || (deletionPolicy === 'none' && !sync.removal))
      await finishCleanup(ctx, sync, cleanup, lease)
    else await deleteKeys(ctx, sync, cleanup, lease, signal)
  } catch (error) {
    if (error instanceof LeaseLost) return ctx.metrics.leaseLost(sync.destination)
    if (error instanceof CleanupCancelled || error instanceof StopRequested || signal.aborted) return
    if (error instanceof DestinationError)
      return await postpone(ctx, sync, cleanup, [error], {
        code: 'destination-error',
        kind: error.kind,
        text: error.message,
      })
    // Decided by a person: retried from time to time, like everything that only a person can change.
    if (error instanceof ConnectionNotAllowed)
      return await postpone(ctx, sync, cleanup, null, { code: 'connection-not-allowed', text: error.message })
    ctx.log.error({ err: error, syncId: sync.id }, 'a previous destination could not be cleaned up')
    await postpone(ctx, sync, cleanup, [], { code: 'internal-error' })
  }
}

async function deleteKeys(
  ctx: Context,
  sync: Sync,
  cleanup: Cleanup,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  const startedAt = timestamp(ctx)
  const { guard: mayCall } = callGuard(ctx, lease, sync)
  const guard = async (): Promise<void> => {
    await mayCall()
    const left = await ctx.db.selectFrom('departures').where('id', '=', cleanup.id).select('id').executeTakeFirst()
    if (!left) throw new CleanupCancelled()
  }
  const { connectionId, target, targetKey } = cleanup
  const open = await openTarget(ctx, { ...sync, connectionId, target, targetKey }, { signal, guard })
  try {
    const left = { ...open, spec: { ...open.spec, id: sync.id } }
    const { found, outcomes, errors } = await notingRefusal(ctx, open.connection, async () => {
      const found = await cleanupDifference(ctx, open)
      return { found, ...(await applyPlan(ctx, left, found, lease)) }
    })
    const failed = outcomes.filter((outcome) => outcome.state === 'failed')
    const [first] = failed
    const message: SyncMessage = first
      ? { code: 'destination-error', text: outcomeReasonText(first.reason) }
      : { code: 'cleanup-done', target: labelOf(sync, cleanup) }
    const state = failed.length === 0 ? 'succeeded' : failed.length < outcomes.length ? 'partial' : 'failed'
    await recordCleanup(ctx, sync, { startedAt, state, message, plan: found.plan, outcomes, calls: open.calls() })
    if (first)
      await postpone(ctx, sync, cleanup, errors, { code: 'key-not-deleted', key: first.key, reason: first.reason })
    else await finishCleanup(ctx, sync, cleanup, lease)
  } finally {
    await open.close()
  }
}

/** No key of this sync is left there, or what is left belongs to other syncs now. */
async function finishCleanup(ctx: Context, sync: Sync, cleanup: Cleanup, lease: Lease): Promise<void> {
  const { id, targetKey } = cleanup
  await transact(ctx, async (tx) => {
    await lease.checkIn(tx)
    const { numDeletedRows } = await tx.deleteFrom('departures').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows === 0n) return
    await tx.deleteFrom('ledger').where('syncId', '=', sync.id).where('targetKey', '=', targetKey).execute()
    await keysFreed(ctx, tx, { id: sync.id, targetKey })
  })
  publishSync(ctx, sync, 'pending')
}

/** `errors`: what went wrong there; null: only a person can help. */
async function postpone(
  ctx: Context,
  sync: Sync,
  cleanup: Cleanup,
  errors: readonly DestinationError[] | null,
  why: CleanupFailure,
): Promise<void> {
  const left = await keysAt(ctx.db, cleanup)
  // Where only a person can help, it is still retried from time to time: nothing else would wake it.
  const delay = errors && retryDelay(ctx, cleanup.attempts, errors)
  const needsPerson = delay === null
  const target = labelOf(sync, cleanup)
  const message: SyncMessage = { code: 'cleanup-failed', keys: left.length, target, why, needsPerson }
  const tries = cleanup.attempts + 1
  await transact(ctx, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('departures')
      .set({
        message: JSON.stringify(message),
        attempts: tries,
        retryAt: new Date(ctx.now().getTime() + (delay ?? LONGEST_BACK_OFF_MS)).toISOString(),
      })
      .where('id', '=', cleanup.id)
      .executeTakeFirst()
    if (numUpdatedRows > 0n) await noteStuckMove(ctx, tx, sync, { message, tries, needsPerson })
  })
  publishSync(ctx, sync, 'pending')
}

interface CleanupResult {
  startedAt: string
  state: 'succeeded' | 'partial' | 'failed'
  message: SyncMessage
  plan: Plan
  outcomes: readonly Outcome[]
  calls: number
}

async function recordCleanup(ctx: Context, sync: Sync, { startedAt, outcomes, ...left }: CleanupResult): Promise<void> {
  const id = randomUUID()
  const run = { id, sync, kind: 'remove', trigger: 'edit', actor: sync.triggeredBy, startedAt } as const
  await transact(ctx, async (tx) => {
    await recordRun(tx, run, { ...left, snapshotId: null, deliveredMs: null, finishedAt: timestamp(ctx) })
    await recordOutcomes(tx, id, outcomes)
  })
}

/** A sync that was to be deleted with all it wrote has gone from its last place. */
async function endIfRemoved(ctx: Context, syncId: string): Promise<void> {
  const ended = await ctx.db
    .deleteFrom('syncs')
    .where('id', '=', syncId)
    .where('removal', '=', 'delete')
    .whereRef('seen', '>=', 'due')
    .where((eb) => eb.not(eb.exists(eb.selectFrom('departures').where('departures.syncId', '=', syncId).select('id'))))
    .returning('projectId')
    .executeTakeFirst()
  if (!ended) return
  publishSyncDeleted(ctx, { id: syncId, projectId: ended.projectId })
  await completeDeletions(ctx)
}

const labelOf = (sync: Sync, cleanup: Cleanup): string =>
  destination(sync.destination).targetLabel(JSON.parse(cleanup.target))
