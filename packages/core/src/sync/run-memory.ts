/** How much memory a run of a sync takes, by what is stored of the folders that it reads. */
import { reachableFolderIds } from '@keyferry/access'
import { batchLoader, inList, keptQuery, type Db, type Slot } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { sql } from 'kysely'

/**
 * Bytes of memory per stored byte: a run has each value sealed, open, and in the provider's request. `pnpm bench
 * memory` shows whether this still holds.
 */
const PER_BYTE = 6
/** Bytes for each secret beside its value: its rows, its part of the plan and of the listing. */
const PER_SECRET = 4_000

/** Estimated bytes that a run of this sync needs; 0 when the sync is gone. */
export async function runMemory(ctx: Context, syncId: string): Promise<number> {
  const source = await sources(ctx.db, syncId)
  if (source === undefined) return 0
  const folderIds = await reachableFolderIds(ctx.db, source)
  const each = await Promise.all(folderIds.map((id) => memoryOf(ctx.db, id)))
  return each.reduce((sum, bytes) => sum + bytes, 0)
}

const sources = batchLoader(async (db: Db, syncIds: readonly string[]) => {
  const byId = new Map((await sourceRows(db, { syncIds })).map(({ id, folderId }) => [id, folderId]))
  return (id) => byId.get(id)
})

const sourceRows = keptQuery((db, slot: Slot<{ syncIds: readonly string[] }>) =>
  db
    .selectFrom('syncs')
    .where((eb) => inList(db, eb.ref('id'), slot('syncIds')))
    .select(['id', 'folderId']),
)

const memoryOf = batchLoader(async (db: Db, folderIds: readonly string[]) => {
  const byId = new Map(
    (await sizes(db, { folderIds })).map(({ folderId, secrets, bytes }) => [
      folderId,
      PER_BYTE * Number(bytes) + PER_SECRET * Number(secrets),
    ]),
  )
  return (id) => byId.get(id) ?? 0
})

const sizes = keptQuery((db, slot: Slot<{ folderIds: readonly string[] }>) =>
  db
    .selectFrom('secrets')
    .where((eb) => inList(db, eb.ref('folderId'), slot('folderIds')))
    .groupBy('folderId')
    .select((eb) => [
      'folderId',
      eb.fn.countAll<number | string>().as('secrets'),
      eb.fn
        .sum<number | string>(sql<number>`octet_length(value) + octet_length(comment) + octet_length(metadata)`)
        .as('bytes'),
    ]),
)
