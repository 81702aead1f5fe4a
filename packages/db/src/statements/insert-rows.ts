import { sql, type InsertQueryBuilder, type Insertable, type InsertResult, type Kysely, type RawBuilder } from 'kysely'
import { valuesTable, type ColumnTypes } from './lists.ts'
import type { Tables } from '../tables.ts'

/**
 * Inserts `rows`, themselves or as `boundRows` gives them, into a table without seals. However many they are, the
 * statement is the same and short: as values, each of them is compiled and bound alone.
 */
export function insertRows<T extends keyof Tables, R extends Insertable<Tables[T]>>(
  store: Kysely<Tables>,
  table: T,
  rows: readonly R[] | RawBuilder<string>,
  columns: ColumnTypes<R>,
): InsertQueryBuilder<Tables, T, InsertResult> {
  const names = Object.keys(columns) as (keyof Tables[T] & string)[]
  const given = valuesTable<R>(store, rows, columns)
  return (
    store
      .insertInto(table)
      .columns(names)
      // Without a condition SQLite takes a conflict clause for a part of the select.
      .expression(sql`select ${sql.join(names.map((name) => sql.ref(name)))} from ${given} as given where true`)
  )
}
