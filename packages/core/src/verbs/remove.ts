/** Taking back what a sync wrote, and ending a sync. */
import { audit, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import { findSync, noSuchSync, syncRow, type SyncAddress } from '../sync/find.ts'
import { deleteSyncs } from '../sync/delete-syncs.ts'
import { publishSync, publishSyncDeleted } from '../sync/publish.ts'
import type { SyncRow } from '../sync/row.ts'
import { requestRemoval } from '../sync/request-run.ts'

/** Asks for a run that deletes, at the target, the keys this sync wrote there; whatever its deletion policy. */
export async function removeSecrets(ctx: Context, actor: Actor, input: SyncAddress): Promise<SyncRow> {
  const sync = await findSync(ctx, input)
  await askRemoval(ctx, actor, sync, 'keep')
  return syncRow(ctx, sync.id)
}

/**
 * Without `removeSecrets` the sync is gone at once and its keys stay at the target. With it, the sync is deleted once
 * its keys are removed; if that fails the sync stays and says why.
 */
export async function deleteSync(
  ctx: Context,
  actor: Actor,
  input: SyncAddress & { removeSecrets: boolean },
): Promise<SyncRow> {
  const sync = await findSync(ctx, input)
  if (input.removeSecrets) {
    await askRemoval(ctx, actor, sync, 'delete')
    return syncRow(ctx, sync.id)
  }
  const row = await syncRow(ctx, sync.id)
  const freed = await transactChecked(ctx, async (tx) => {
    const found = await tx.selectFrom('syncs').where('id', '=', sync.id).select('id').forUpdate().executeTakeFirst()
    if (!found) throw noSuchSync(sync.id)
    return deleteSyncs(ctx, tx, actor, { projectId: sync.projectId, syncs: [sync] })
  })
  await ctx.queue.wake(freed)
  publishSyncDeleted(ctx, sync)
  return row
}

async function askRemoval(
  ctx: Context,
  actor: Actor,
  sync: { id: string; projectId: string; name: string; state: string },
  removal: 'keep' | 'delete',
): Promise<void> {
  await transactChecked(ctx, async (tx) => {
    await requestRemoval(ctx, tx, actor, removal, [sync.id])
    const action = removal === 'delete' ? 'delete-secret-sync' : 'secret-sync-remove-secrets'
    await audit(ctx, tx, actor, action, sync.projectId, { syncId: sync.id, name: sync.name, removeSecrets: true })
  })
  await ctx.queue.wake([sync.id])
  publishSync(ctx, sync, 'pending')
}
