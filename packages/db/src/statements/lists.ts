/** Lists as one parameter: the text of a statement, and so its plan, is the same however many they hold. */
import { sql, type Expression, type Kysely, type RawBuilder, type SqlBool } from 'kysely'
import { isPostgres } from './dialect.ts'
import type { Tables } from '../tables.ts'

type Store = Pick<Kysely<Tables>, 'getExecutor'>

/** How a list is bound as one parameter. */
export const boundList = (store: Store, list: readonly string[]): unknown =>
  isPostgres(store) ? [...new Set(list)] : JSON.stringify(list)

type List = readonly string[] | RawBuilder<readonly string[]>

const bound = (store: Store, list: List): RawBuilder<unknown> =>
  'toOperationNode' in list ? list : sql.val(boundList(store, list))

/** Whether `value` is one of `list`. */
export const inList = (store: Store, value: Expression<string>, list: List): Expression<SqlBool> =>
  isPostgres(store)
    ? sql<SqlBool>`${value} = any(${bound(store, list)}::text[])`
    : sql<SqlBool>`${value} in (select value from json_each(${bound(store, list)}))`

/** The entries of `list` as a table with a column `entry`. */
export const listTable = (store: Store, list: List): RawBuilder<{ entry: string }> =>
  isPostgres(store)
    ? sql<{ entry: string }>`(select unnest(${bound(store, list)}::text[]) as entry)`
    : sql<{ entry: string }>`(select value as entry from json_each(${bound(store, list)}))`

/**
 * How rows are bound as one parameter. Text comes as a driver would have stored it: half of a surrogate pair, as a
 * message that was cut may end with, is replaced.
 */
export const boundRows = (rows: readonly object[]): string =>
  JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'string' ? storable(value) : value))

/** What the columns of rows hold: text, or whole numbers. */
export type ColumnTypes<T> = { [K in keyof T]-?: 'text' | 'integer' }

/** `rows`, themselves or as `boundRows` gives them, as a table to join with or to insert from. */
export function valuesTable<T extends object>(
  store: Store,
  rows: readonly T[] | RawBuilder<string>,
  columns: ColumnTypes<T>,
): RawBuilder<T> {
  const json = 'toOperationNode' in rows ? rows : sql.val(boundRows(rows))
  const source = isPostgres(store)
    ? sql`json_array_elements(${json}::json) as rows(value)`
    : sql`json_each(${json}) as rows`
  const selected = Object.entries<string>(columns).map(
    ([name, type]) => sql`cast(rows.value ->> ${sql.lit(name)} as ${sql.raw(type)}) as ${sql.id(name)}`,
  )
  return sql<T>`(select ${sql.join(selected)} from ${source})`
}

/** Postgres takes no NUL in text, and in JSON no lone surrogate either. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')
