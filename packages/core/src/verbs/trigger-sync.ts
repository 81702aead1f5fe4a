import { audit, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import { refusePaused } from '../sync/pauses.ts'
import { findSync, syncRow, type SyncAddress } from '../sync/find.ts'
import { publishSync } from '../sync/publish.ts'
import type { SyncRow } from '../sync/row.ts'
import { takeOwnership } from '../sync/owner.ts'
import { requestRun } from '../sync/request-run.ts'

/** "Sync now". While a run is on it is coalesced into one more. A person looked: repairs that had stopped continue. */
export async function triggerSync(ctx: Context, actor: Actor, input: SyncAddress): Promise<SyncRow> {
  const sync = await findSync(ctx, input)
  await refusePaused(ctx, sync)
  await transactChecked(ctx, async (tx) => {
    await takeOwnership(tx, actor, sync)
    await requestRun(ctx, tx, actor, 'manual', [sync.id])
    await tx.updateTable('departures').set({ retryAt: null, attempts: 0 }).where('syncId', '=', sync.id).execute()
    await tx.updateTable('syncs').set({ heals: null, repairStopped: null }).where('id', '=', sync.id).execute()
    await audit(ctx, tx, actor, 'secret-sync-sync-secrets', sync.projectId, { syncId: sync.id, name: sync.name })
  })
  await ctx.queue.wake([sync.id])
  publishSync(ctx, sync, 'pending')
  return syncRow(ctx, sync.id)
}
