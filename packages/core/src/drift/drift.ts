/**
 * Checks a target between two runs: the same plan, made to see what changed there though nothing changed here. It
 * costs one listing, writes nothing unless the sync repairs drift, and never takes the place of a run.
 */
import { Forbidden, timestamp, TooLarge, transact, Unresolvable, type Context } from '@keyferry/kernel'
import { SYNC_STATES, type SyncMessage } from '@keyferry/schemas'
import { difference, openTarget, type Difference } from '../apply/target.ts'
import { ConnectionNotAllowed } from '../connections/allowed.ts'
import { noteConnectionProblem, notingRefusal } from '../connections/health.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import { destination } from '../destinations/registry.ts'
import { LeaseLost, takeLease, type Lease } from '../lease/lease.ts'
import { noteDrift, noteRepairsStopped } from '../notifications/trouble.ts'
import type { Plan } from '../plan/plan.ts'
import { callGuard, StopRequested } from '../sync/call-guard.ts'
import { driftedKeys, nextCheck, recorded, type Drifted } from '../sync/drift-record.ts'
import { dueOnTarget, loadDue, loadDueCheck, nextChecks, type DueSync } from '../sync/due.ts'
import { blockageWithoutOwner, ownerReads } from '../sync/owner.ts'
import { publishSync } from '../sync/publish.ts'
import { repairDrift, type Repaired } from './repair.ts'

/** How long a vendor may take to show a target, milliseconds: a change that arrives meanwhile waits for this. */
const LISTING_TIMEOUT_MS = 20_000

/** Checks the target of `syncId` if that is due. Resolves to whether a run is due by then. */
export async function checkForDrift(ctx: Context, syncId: string, signal: AbortSignal): Promise<{ again: boolean }> {
  const sync = await loadDueCheck(ctx, syncId)
  if (!sync) return { again: false }
  // No write while we check. A busy target is checked later: the sweep comes back.
  const lease = await takeLease(ctx, sync.targetKey, crypto.randomUUID())
  if (!lease) return { again: false }
  try {
    // Edited while we waited: this may be the wrong place, and is no longer what is due.
    const present = await loadDueCheck(ctx, syncId)
    if (present?.version !== sync.version) return { again: present !== undefined }
    await recordCheck(ctx, sync, lease, await checkTarget(ctx, sync, lease, signal))
    await publish(ctx, syncId)
  } catch (error) {
    if (error instanceof LeaseLost) ctx.metrics.leaseLost(sync.destination)
    // Interrupted, as a run may be: the check stays due.
    else if (!(error instanceof StopRequested) && !signal.aborted) throw error
  } finally {
    await lease.release()
    await ctx.queue.wake([
      ...(await dueOnTarget(ctx, sync.targetKey, syncId)),
      ...(await nextChecks(ctx)).filter((id) => id !== syncId),
    ])
  }
  return { again: (await loadDue(ctx, syncId)) !== undefined }
}

/** Null: nothing was learnt, for the reason in `message`. */
type CheckResult = { seen: Repaired; message: SyncMessage | null } | { seen: null; message: SyncMessage }

async function checkTarget(ctx: Context, sync: DueSync, lease: Lease, signal: AbortSignal): Promise<CheckResult> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), LISTING_TIMEOUT_MS)
  const { title } = destination(sync.destination)
  try {
    if (await blockageWithoutOwner(ctx.db, sync)) return { seen: null, message: OWNERLESS }
    const target = await openTarget(ctx, sync, {
      signal: AbortSignal.any([signal, timeout.signal]),
      ...callGuard(ctx, lease, sync),
    })
    try {
      return await notingRefusal(ctx, target.connection, async () => {
        const found = await difference(ctx, target, await ownerReads(ctx.db, sync))
        clearTimeout(timer)
        await noteConnectionProblem(ctx, target.connection, null)
        const seen = await repairDrift(ctx, { ...target, spec: sync }, found, driftIn(found.plan, sync), lease)
        const unread = found.unread ? ({ code: 'values-not-compared', text: found.unread.message } as const) : null
        return { seen, message: seen.message ?? unread }
      })
    } finally {
      await target.close()
    }
  } catch (error) {
    if (error instanceof LeaseLost || error instanceof StopRequested || signal.aborted) throw error
    if (error instanceof Unresolvable || error instanceof TooLarge || error instanceof ConnectionNotAllowed)
      return { seen: null, message: { code: 'not-checked', text: error.message } }
    if (error instanceof Forbidden) return { seen: null, message: OWNERLESS }
    if (timeout.signal.aborted)
      return {
        seen: null,
        message: { code: 'listing-timeout', destination: title, seconds: LISTING_TIMEOUT_MS / 1000 },
      }
    if (error instanceof DestinationError)
      return { seen: null, message: { code: 'listing-failed', destination: title, text: error.message } }
    ctx.log.error({ err: error, syncId: sync.id }, 'drift check failed')
    return { seen: null, message: { code: 'internal-error' } }
  } finally {
    clearTimeout(timer)
  }
}

const OWNERLESS: SyncMessage = { code: 'not-checked-without-owner' }

/**
 * The keys of `plan` that differ though Keyferry changed nothing. Foreign keys count only once every change of the sync
 * has arrived: until then the key schema or the policy may be new, and they the old ones.
 */
function driftIn(plan: Plan, sync: DueSync): Drifted[] {
  return plan.changes.flatMap(({ key, drift: kind, reason }) => {
    if (kind === null || (kind === 'appeared' && sync.applied !== sync.wanted)) return []
    return [{ key, kind, reason }]
  })
}

/**
 * Keeps what a plan shows of the target like what a check finds. Not while a run is due or on: it compares everything
 * itself.
 */
export async function noteDriftInPlan(ctx: Context, sync: DueSync, { plan, unread }: Difference): Promise<void> {
  if (unread !== undefined || sync.applied === 0 || sync.removal !== null || sync.seen < sync.due) return
  const drifted = driftIn(plan, sync)
  const now = timestamp(ctx)
  const isNews = JSON.stringify(driftedKeys(sync)) !== JSON.stringify(drifted)
  await ctx.db
    .updateTable('syncs')
    .set({
      checkedAt: now,
      driftMessage: null,
      drift: recorded(sync, drifted, now),
      ...(sync.drift !== null && drifted.length === 0 ? { inSyncSince: now } : {}),
    })
    .where('id', '=', sync.id)
    .where('version', '=', sync.version)
    .whereRef('seen', '>=', 'due')
    .where('seen', '=', sync.seen)
    .execute()
  if (isNews) await publish(ctx, sync.id)
}

async function recordCheck(ctx: Context, sync: DueSync, lease: Lease, { seen, message }: CheckResult): Promise<void> {
  await transact(ctx, async (tx) => {
    await lease.checkIn(tx)
    const { numUpdatedRows } = await tx
      .updateTable('syncs')
      .set({
        nextCheckAt: seen?.again ?? nextCheck(ctx, JSON.parse(sync.options)),
        driftMessage: message && JSON.stringify(message),
        ...(seen === null
          ? {}
          : {
              checkedAt: timestamp(ctx),
              drift: recorded(sync, seen.left, timestamp(ctx)),
              // What drifted is as it should be again.
              ...(sync.drift !== null && seen.left.length === 0 ? { inSyncSince: timestamp(ctx) } : {}),
              heals: seen.repairs,
              ...(seen.stopped ? { repairStopped: JSON.stringify(seen.stopped) } : {}),
            }),
      })
      .where('id', '=', sync.id)
      // Edited meanwhile, or run by a person: what was seen is no longer what was asked.
      .where('version', '=', sync.version)
      .where('seen', '=', sync.seen)
      .executeTakeFirst()
    if (!seen || numUpdatedRows === 0n) return
    if (seen.stopped) await noteRepairsStopped(ctx, tx, sync, seen.stopped)
    else
      await noteDrift(
        ctx,
        tx,
        sync,
        seen.left.map(({ key }) => key),
      )
  })
}

async function publish(ctx: Context, syncId: string): Promise<void> {
  const row = await ctx.db
    .selectFrom('syncs')
    .where('id', '=', syncId)
    .select(['projectId', 'state'])
    .executeTakeFirst()
  if (!row) return
  const state = SYNC_STATES.find((known) => known === row.state) ?? 'failed'
  publishSync(ctx, { id: syncId, projectId: row.projectId }, state)
}
