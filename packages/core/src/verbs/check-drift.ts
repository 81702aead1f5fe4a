import { audit, BadRequest, timestamp, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import { findSync, syncRow, type SyncAddress } from '../sync/find.ts'
import type { SyncRow } from '../sync/row.ts'

/** Requests a drift check now, whatever the sync's schedule says; a run that is due takes its place. */
export async function checkDrift(ctx: Context, actor: Actor, input: SyncAddress): Promise<SyncRow> {
  const sync = await findSync(ctx, input)
  if (sync.applied === 0)
    throw new BadRequest(`The sync "${sync.name}" has not run yet, so nothing can have drifted. Run it first`)
  await transactChecked(ctx, async (tx) => {
    await tx
      .updateTable('syncs')
      .set({ nextCheckAt: timestamp(ctx) })
      .where('id', '=', sync.id)
      .execute()
    await audit(ctx, tx, actor, 'secret-sync-check-drift', sync.projectId, { syncId: sync.id, name: sync.name })
  })
  await ctx.queue.wake([sync.id])
  return syncRow(ctx, sync.id)
}
