import { inList, keptQuery, type Slot } from '@keyferry/db'
import { auditLast, timestamp, traced, transact, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { settleUse } from './quotas.ts'
import { dependentsOf } from './dependents.ts'

/**
 * Runs a writer of the vault. Whatever `work` touches moves, in the same transaction, the folder's revision and, by
 * `Hooks`, the wanted revision of every sync that reads it, directly or through imports and references.
 */
export const withVaultTransaction = <T>(
  ctx: Context,
  actor: Actor,
  work: (tx: Tx, markChanged: (folderId: string) => void) => Promise<T>,
): Promise<T> => traced(ctx.tracing, 'change', {}, () => change(ctx, actor, work))

const moveRevisions = keptQuery((db, slot: Slot<{ ids: readonly string[]; at: string }>) =>
  db
    .updateTable('folders')
    .set((eb) => ({ revision: eb('revision', '+', 1), updatedAt: slot('at') }))
    .where(({ ref }) => inList(db, ref('id'), slot('ids')))
    .returning((eb) => [
      'folders.id as folderId',
      eb
        .selectFrom('environments')
        .whereRef('environments.id', '=', 'folders.environmentId')
        .select('environments.projectId')
        .as('projectId'),
    ]),
)

async function change<T>(
  ctx: Context,
  actor: Actor,
  work: (tx: Tx, markChanged: (folderId: string) => void) => Promise<T>,
): Promise<T> {
  const { result, places, afterCommit } = await transact(ctx, (tx) =>
    auditLast(ctx, tx, async () => {
      const folders = new Set<string>()
      const result = await work(tx, (folderId) => folders.add(folderId))
      if (folders.size === 0) {
        await settleUse(ctx, tx)
        return { result, places: [], afterCommit: null }
      }
      const places = await moveRevisions(tx, { ids: [...folders], at: timestamp(ctx) })
      const readers = await dependentsOf(tx, [...folders])
      const afterCommit = await ctx.hooks.onFoldersChanged(ctx, tx, actor, readers)
      await settleUse(ctx, tx)
      return { result, places, afterCommit }
    }),
  )
  for (const { folderId, projectId } of places)
    if (projectId !== null) ctx.events.publish({ kind: 'secrets', folderId, projectId })
  await afterCommit?.()
  return result
}
