/**
 * A row that is to end, by its id, and isn't in the database: somebody may have taken it out, to put it back later. It
 * ends all the same if this process has read it.
 */
import type { Kysely } from 'kysely'
import { endRowsBefore } from './marks.ts'
import type { EndedAlone } from './row-groups.ts'
import { SEALED_TABLES } from './sealed-tables.ts'
import type { Sealer } from './sealer.ts'

/** Rows that a call is to end, by some of their sealed columns. */
export interface ToEnd {
  table: EndedAlone
  values: Readonly<Record<string, string | null>>
}

/** Our tables, with their seals. */
// oxlint-disable-next-line no-explicit-any -- each sealed table has its own id.
type Store = Kysely<any>

/**
 * Ends the rows of `table` with these values that this process remembers and that are in `store` no more. Not inside a
 * transaction: the caller answers that there is no such row, which would undo it.
 */
export async function endMissing(store: Store, sealer: Sealer, { table, values }: ToEnd): Promise<void> {
  const columns: readonly string[] = SEALED_TABLES[table]
  const [idColumn = ''] = columns
  const ids = new Set<unknown>()
  for (const row of sealer.verified.values()) {
    const valueOf = (column: string): unknown => row.values[columns.indexOf(column)]
    if (row.table === table && Object.entries(values).every(([column, value]) => valueOf(column) === value))
      ids.add(valueOf(idColumn))
  }
  for (const id of ids) {
    const present = await store.selectFrom(table).where(idColumn, '=', id).select(idColumn).executeTakeFirst()
    // It may have been sealed again since this process read it.
    if (!present) endRowsBefore(sealer, table, { [idColumn]: id })
  }
}
