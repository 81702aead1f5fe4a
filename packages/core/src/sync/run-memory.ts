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
  const sync = await sources(ctx.db, syncId)
  if (sync === undefined) return 0
  const others = (await reachableFolderIds(ctx.db, sync.folderId)).filter((id) => id !== sync.folderId)
  const each = await Promise.all(others.map((id) => memoryOf(ctx.db, id)))
  return each.reduce((sum, bytes) => sum + bytes, Number(sync.memory))
}

/** In a query of secrets. Postgres answers it as text. */
const memory = sql<number | string>`${sql.lit(PER_SECRET)} * count(*) + ${sql.lit(PER_BYTE)} * coalesce(
  sum(octet_length(secrets.value) + octet_length(secrets.comment) + octet_length(secrets.metadata)), 0)`

const sources = batchLoader(async (db: Db, syncIds: readonly string[]) => {
  const byId = new Map((await sourceRows(db, { syncIds })).map((row) => [row.id, row]))
  return (id) => byId.get(id)
})

const sourceRows = keptQuery((db, slot: Slot<{ syncIds: readonly string[] }>) =>
  db
    .selectFrom('syncs')
    .where((eb) => inList(db, eb.ref('syncs.id'), slot('syncIds')))
    .select((eb) => [
      'syncs.id',
      'syncs.folderId',
      eb
        .selectFrom('secrets')
        .whereRef('secrets.folderId', '=', 'syncs.folderId')
        .select(memory.as('memory'))
        .as('memory'),
    ]),
)

const memoryOf = batchLoader(async (db: Db, folderIds: readonly string[]) => {
  const byId = new Map((await memories(db, { folderIds })).map(({ folderId, memory }) => [folderId, Number(memory)]))
  return (id) => byId.get(id) ?? 0
})

const memories = keptQuery((db, slot: Slot<{ folderIds: readonly string[] }>) =>
  db
    .selectFrom('secrets')
    .where((eb) => inList(db, eb.ref('folderId'), slot('folderIds')))
    .groupBy('folderId')
    .select(['folderId', memory.as('memory')]),
)
