/** The end of a run that removed what its sync wrote. Inside the transaction that ends the run. */
import { amend } from '@keyferry/db'
import { timestamp, type Context, type Tx } from '@keyferry/kernel'
import type { SyncMessage } from '@keyferry/schemas'
import { NOT_CHECKED } from '../sync/drift-record.ts'
import type { RunDecision } from './evaluate-run.ts'
import { isDueAgain, retryTime } from './finalize-sync.ts'
import type { ActiveRun } from './record.ts'

const REMOVED: SyncMessage = { code: 'secrets-removed' }

/** Resolves to whether the sync is due again, or is gone. Throws for a sync that was deleted meanwhile. */
export async function finalizeRemoval(
  ctx: Context,
  tx: Tx,
  run: ActiveRun,
  decision: RunDecision,
): Promise<boolean | 'deleted'> {
  const { sync } = run
  const cleanups = decision.state === 'succeeded' ? await allowCleanups(tx, sync.id) : null
  if (cleanups === null || sync.removal !== 'delete') return endRemoval(ctx, tx, run, decision)
  // A sync that is to go stays until its last old place is left.
  if (cleanups > 0) return waitForCleanups(tx, run)
  await tx.deleteFrom('syncs').where('id', '=', sync.id).execute()
  return 'deleted'
}

/** Old places of the sync need not wait for a new one to be filled any more. Resolves to how many there are. */
async function allowCleanups(tx: Tx, syncId: string): Promise<number> {
  const cleanups = await tx.selectFrom('departures').where('syncId', '=', syncId).select('id').execute()
  for (const { id } of cleanups) {
    await amend(tx, 'departures', id, { revision: 0 })
    await tx.updateTable('departures').set({ retryAt: null }).where('id', '=', id).execute()
  }
  return cleanups.length
}

async function waitForCleanups(tx: Tx, { id, sync }: ActiveRun): Promise<boolean> {
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
    .executeTakeFirstOrThrow()
  return isDueAgain(row)
}

/** The sync stays and shows how the removal went. */
async function endRemoval(
  ctx: Context,
  tx: Tx,
  { id, sync }: ActiveRun,
  { state, message, retryIn }: RunDecision,
): Promise<boolean> {
  const settled = retryIn === null
  const removed = state === 'succeeded'
  const said = message && JSON.stringify(message)
  const unfinished = sync.state === 'running' || sync.state === 'pending'
  if (settled) await amend(tx, 'syncs', sync.id, { removal: null })
  const row = await tx
    .updateTable('syncs')
    .set((eb) => ({
      removeRunId: id,
      removeState: settled ? (removed ? 'succeeded' : 'failed') : 'pending',
      removeMessage: said,
      ...(removed
        ? {
            removedAt: timestamp(ctx),
            applied: 0,
            inSyncSince: null,
            behindSince: timestamp(ctx),
            ...NOT_CHECKED,
            nextCheckAt: null,
          }
        : {}),
      // The removal also answered a change that had not run yet; without this the sync would look queued for ever.
      ...(unfinished && settled ? { state, message: removed ? JSON.stringify(REMOVED) : said } : {}),
      seen: settled ? sync.wanted : eb.ref('seen'),
      attempts: settled ? 0 : sync.attempts + 1,
      retryAt: settled ? null : retryTime(ctx, retryIn),
    }))
    .where('id', '=', sync.id)
    .returning(['seen', 'due', 'retryAt'])
    .executeTakeFirstOrThrow()
  return isDueAgain(row)
}
