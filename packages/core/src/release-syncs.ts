/** What happens to the syncs that read a part of the vault which somebody deletes. */
import { randomUUID } from 'node:crypto'
import type { DeletionTable, Selectable } from '@keyferry/db'
import type { deletedSyncs } from '@keyferry/schemas'
import type { z } from 'zod'
import { audit } from './audit.ts'
import { timestamp, type Actor, type Context, type Tx } from './context.ts'
import { deleteSyncs } from './sync/move/freed.ts'
import { wantRemoval } from './sync/wanted.ts'

export interface Deleting {
  /** For people, such as `Folder "/api"`. */
  what: string
  kind: Selectable<DeletionTable>['kind']
  subjectId: string
  projectId: string
  folderIds: readonly string[]
  /** Under `refuse` the caller has made sure that there are none. */
  syncs: z.output<typeof deletedSyncs> | undefined
}

/** The syncs that went with it, those it waits for, and those of others that may write now what was held by the first. */
export interface Released {
  gone: readonly Reader[]
  waiting: readonly Reader[]
  freed: readonly string[]
}

interface Reader {
  id: string
  name: string
}

/**
 * Inside the deleter's transaction, which goes on only when nobody is `waiting`: then the deletion is remembered and carried out
 * by `completeDeletions` once their keys are gone.
 */
export async function releaseSyncs(ctx: Context, tx: Tx, actor: Actor, deleting: Deleting): Promise<Released> {
  const { what, folderIds, projectId, syncs } = deleting
  const readers =
    folderIds.length === 0
      ? []
      : await tx.selectFrom('syncs').where('folderId', 'in', folderIds).select(['id', 'name']).orderBy('name').execute()
  if (readers.length === 0) return { gone: [], waiting: [], freed: [] }
  const ids = readers.map(({ id }) => id)
  const removeSecrets = syncs === 'remove-secrets'
  for (const { id, name } of readers) {
    await audit(ctx, tx, actor, 'delete-secret-sync', projectId, { syncId: id, name, removeSecrets, because: what })
  }
  if (!removeSecrets) {
    return { gone: readers, waiting: [], freed: await deleteSyncs(ctx, tx, ids) }
  }
  await wantRemoval(ctx, tx, actor, 'delete', ids)
  await tx
    .insertInto('deletions')
    .values({
      id: randomUUID(),
      projectId,
      kind: deleting.kind,
      subjectId: deleting.subjectId,
      actor: JSON.stringify(actor),
      createdAt: timestamp(ctx),
    })
    .onConflict((conflict) => conflict.columns(['kind', 'subjectId']).doNothing())
    .execute()
  return { gone: [], waiting: readers, freed: [] }
}

/** After the commit. Returns what the answer says of a deletion that waits. */
export async function announce(
  ctx: Context,
  projectId: string,
  { gone, waiting, freed }: Released,
): Promise<{ pending?: string }> {
  for (const { id } of gone) ctx.events.publish({ kind: 'sync-deleted', projectId, syncId: id })
  await ctx.queue.wake(freed)
  if (waiting.length === 0) return {}
  await ctx.queue.wake(waiting.map(({ id }) => id))
  for (const { id } of waiting)
    ctx.events.publish({ kind: 'sync', projectId, syncId: id, state: 'pending', done: 0, total: 0 })
  const it = waiting.length === 1 ? 'it has' : 'they have'
  return {
    pending: `Deleted once ${namesOf(waiting)} removed what ${it} written. If a target refuses that, nothing more is deleted.`,
  }
}

const namesOf = (readers: readonly Reader[]): string => readers.map(({ name }) => `sync "${name}"`).join(', ')
