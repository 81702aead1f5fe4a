import { auditLast } from './audit.ts'
import { timestamp, type Actor, type Context, type Tx } from './context.ts'
import { wantChange } from './sync/wanted.ts'
import { transact } from './transaction.ts'
import { settleUse } from './vault/quotas.ts'
import { readersOf } from './vault/readers.ts'

/**
 * Runs a writer of the vault. Whatever `work` touches moves, in the same transaction, the folder's revision and the wanted
 * revision of every sync that reads it, directly or through imports and references. Commit first, then wake: a job sent inside
 * the transaction could be taken and finished before the change is visible.
 */
export async function change<T>(
  ctx: Context,
  actor: Actor,
  work: (tx: Tx, touched: (folderId: string) => void) => Promise<T>,
): Promise<T> {
  const { result, due, places } = await transact(ctx, (tx) =>
    auditLast(ctx, tx, async () => {
      const folders = new Set<string>()
      const result = await work(tx, (folderId) => folders.add(folderId))
      if (folders.size === 0) {
        await settleUse(ctx, tx)
        return { result, due: [], places: [] }
      }
      await tx
        .updateTable('folders')
        .set((eb) => ({ revision: eb('revision', '+', 1), updatedAt: timestamp(ctx) }))
        .where('id', 'in', [...folders])
        .execute()
      const places = await tx
        .selectFrom('folders')
        .innerJoin('environments', 'environments.id', 'folders.environmentId')
        .where('folders.id', 'in', [...folders])
        .select(['folders.id as folderId', 'environments.projectId'])
        .execute()
      const due = await wantChange(ctx, tx, actor, await readersOf(tx, [...folders]))
      await settleUse(ctx, tx)
      return { result, due, places }
    }),
  )
  await ctx.queue.wake(due.map((sync) => sync.id))
  for (const place of places) ctx.events.publish({ kind: 'secrets', ...place })
  for (const sync of due) {
    ctx.events.publish({
      kind: 'sync',
      projectId: sync.projectId,
      syncId: sync.id,
      state: 'pending',
      done: 0,
      total: 0,
    })
  }
  return result
}
