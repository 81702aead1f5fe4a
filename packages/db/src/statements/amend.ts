import type { Kysely } from 'kysely'
import { SEALED_TABLES, type SealedTable } from '../seals/sealed-tables.ts'

/** Our tables, or better-auth's under their own names. */
// oxlint-disable-next-line no-explicit-any -- better-auth's tables are not part of our table types.
type Store = Kysely<any>

/**
 * Changes sealed columns of the row of `table` with this id, inside the caller's transaction. Other columns are changed
 * as everywhere. False when there is no such row, or its seal is wrong or no longer the one that was read: what
 * somebody else wrote is not sealed.
 */
export async function amend(
  store: Store,
  table: SealedTable,
  id: string,
  patch: Readonly<Record<string, string | number | null>>,
): Promise<boolean> {
  const [idColumn, ...columns]: readonly [string, ...string[]] = SEALED_TABLES[table]
  const present = await store
    .selectFrom(table)
    .where(idColumn, '=', id)
    .select([...columns, 'seal as replaced'])
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!present) return false
  const { replaced, ...row } = present
  const { numUpdatedRows } = await store
    .updateTable(table)
    .set({ ...row, ...patch })
    .where(idColumn, '=', id)
    .where('seal', '=', replaced)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}
