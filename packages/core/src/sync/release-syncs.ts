import { randomUUID } from 'node:crypto'
import {
  audit,
  timestamp,
  type Actor,
  type Context,
  type FolderDeletion,
  type FolderRelease,
  type Tx,
} from '@keyferry/kernel'
import { deleteSyncs } from './delete-syncs.ts'
import { publishSyncDeleted } from './publish.ts'
import { wakePending } from './wake-pending.ts'
import { requestRemoval } from './request-run.ts'

/**
 * Deletes the syncs that read the folders, or lets them remove first what they wrote. In the latter case the deletion
 * is kept, and `completeDeletions` carries it out once the keys are gone.
 */
export async function releaseSyncs(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  deletion: FolderDeletion,
): Promise<FolderRelease> {
  const { what, folderIds, projectId, syncs } = deletion
  const readers =
    folderIds.length === 0
      ? []
      : await tx.selectFrom('syncs').where('folderId', 'in', folderIds).select(['id', 'name']).orderBy('name').execute()
  if (readers.length === 0) return { afterCommit() {} }
  const ids = readers.map(({ id }) => id)
  if (syncs !== 'remove-secrets') {
    const freed = await deleteSyncs(ctx, tx, actor, { projectId, syncs: readers, because: what })
    return {
      async afterCommit() {
        for (const id of ids) publishSyncDeleted(ctx, { id, projectId })
        await ctx.queue.wake(freed)
      },
    }
  }
  for (const { id, name } of readers) {
    const details = { syncId: id, name, removeSecrets: true, because: what }
    await audit(ctx, tx, actor, 'delete-secret-sync', projectId, details)
  }
  await requestRemoval(ctx, tx, actor, 'delete', ids)
  await noteWaiting(ctx, tx, actor, deletion)
  const names = readers.map(({ name }) => `sync "${name}"`).join(', ')
  const they = readers.length === 1 ? 'it has' : 'they have'
  return {
    pending: `Deleted once ${names} deleted the keys that ${they} written. If a destination refuses that, nothing more is deleted.`,
    afterCommit: () =>
      wakePending(
        ctx,
        ids.map((id) => ({ id, projectId })),
      ),
  }
}

/**
 * Notes that the deletion waits. One that waits already stays, unless it was put in outside Keyferry: such a row would
 * keep this one out.
 */
async function noteWaiting(ctx: Context, tx: Tx, actor: Actor, deletion: FolderDeletion): Promise<void> {
  const { projectId, kind, subjectId } = deletion
  const waiting = await tx
    .selectFrom('deletions')
    .where('kind', '=', kind)
    .where('subjectId', '=', subjectId)
    .select('id')
    .executeTakeFirst()
  if (waiting) return
  await tx.deleteFrom('deletions').where('kind', '=', kind).where('subjectId', '=', subjectId).execute()
  await tx
    .insertInto('deletions')
    .values({ id: randomUUID(), projectId, kind, subjectId, actor: JSON.stringify(actor), createdAt: timestamp(ctx) })
    .execute()
}
