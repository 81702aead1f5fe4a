/**
 * The steps of copying a store to one of the other database. A table is copied in one transaction that also notes it in
 * `store_copy`, so what is noted is whole, and a copy that was killed continues with the next table. That table exists
 * only while a copy is unfinished; nothing else opens a store that has it.
 */
import { sql, type Kysely, type SelectQueryBuilder, type Transaction } from 'kysely'
import { byBytes } from '../statements/byte-order.ts'
import { isPostgres } from '../statements/dialect.ts'
import type { Db } from '../open.ts'
import { rowDigest, sumDigests, type Row } from './row-digest.ts'
import { columnsOf, hasTable, referencesOf } from './store-schema.ts'
import type { Tables } from '../tables.ts'

/** A table as it was copied. */
export interface CopiedTable {
  rows: number
  /** The same for the same rows, in any order and in either database. */
  digest: string
}

const NOTES = 'store_copy'
/** What belongs to running processes and to the copy itself. */
const NOT_COPIED: ReadonlySet<string> = new Set(['processes', NOTES])
/** A row of this table refers to others of it, whose column here sorts before its own. */
const PARENTS_FIRST: Readonly<Record<string, string>> = { folders: 'path' }

const FIRST_ROWS = 50
const MOST_ROWS = 2_000
const PAGE_BYTES = 4_000_000

/**
 * The names of the tables to copy, as the database has them: those that rows refer to first, else by name. Throws when
 * one is missing in either store, or has other columns there.
 */
export async function tablesToCopy(from: Db, to: Db): Promise<string[]> {
  // A Postgres database may also hold tables of others.
  const own = isPostgres(from) ? to : from
  const [before, after] = [await columnsOf(from), await columnsOf(to)]
  const names = [...(own === from ? before : after).keys()].filter((name) => !NOT_COPIED.has(name))
  for (const name of names) {
    if (before.get(name)?.join() !== after.get(name)?.join())
      throw new Error(`the table ${name} is not the same in both stores`)
  }
  return inOrder(names, await referencesOf(own))
}

function inOrder(names: readonly string[], references: readonly (readonly [string, string])[]): string[] {
  const ordered: string[] = []
  const add = (name: string, waiting: readonly string[]): void => {
    if (ordered.includes(name)) return
    if (waiting.includes(name)) throw new Error(`the tables ${waiting.join(', ')} refer to each other`)
    for (const [child, parent] of references) {
      if (child !== name) continue
      if (parent !== name) add(parent, [...waiting, name])
      else if (!(name in PARENTS_FIRST)) throw new Error(`rows of ${name} refer to each other in an unknown order`)
    }
    ordered.push(name)
  }
  for (const name of [...names].sort()) add(name, [])
  return ordered
}

/**
 * Keeps every other process from writing to these tables until the transaction ends, which may take as long as it
 * needs.
 */
export async function holdTables(tx: Transaction<Tables>, names: readonly string[]): Promise<void> {
  if (!isPostgres(tx)) {
    // The first write of a transaction takes the store's only write lock.
    await sql`update kysely_migration set name = name where false`.execute(tx)
    return
  }
  await withoutTimeLimits(tx)
  await sql`lock table ${sql.join(names.map((name) => sql.table(name)))} in exclusive mode`.execute(plain(tx))
}

async function withoutTimeLimits(tx: Transaction<Tables>): Promise<void> {
  if (!isPostgres(tx)) return
  const limits = sql`array['statement_timeout', 'idle_in_transaction_session_timeout']`
  await sql`select set_config(name, '0', true) from unnest(${limits}) name`.execute(tx)
}

/** What was copied by a copy that is unfinished, by table; null when there is none. */
export async function unfinishedCopy(db: Db): Promise<Map<string, CopiedTable> | null> {
  if (!(await hasTable(db, NOTES))) return null
  const { rows } = await sql<CopiedTable & { name: string }>`
    select name, copied as rows, digest from ${sql.table(NOTES)}`.execute(plain(db))
  return new Map(rows.map(({ name, rows, digest }) => [name, { rows: Number(rows), digest }]))
}

/** Whether somebody set this store up, which has every table. */
export const isSetUp = async (db: Db): Promise<boolean> =>
  (await db.selectFrom('organizations').select('id').limit(1).execute()).length > 0

/** Empties these tables, the last first, and begins a copy. */
export async function beginCopy(tx: Transaction<Tables>, names: readonly string[]): Promise<void> {
  for (const name of [...names].reverse()) await sql`delete from ${sql.table(name)}`.execute(plain(tx))
  await sql`drop table if exists ${sql.table(NOTES)}`.execute(tx)
  await sql`create table ${sql.table(NOTES)}
    (name text primary key, copied integer not null, digest text not null)`.execute(tx)
}

/** The copy is finished and checked: the store may be opened. */
export async function endCopy(tx: Transaction<Tables>): Promise<void> {
  await sql`drop table ${sql.table(NOTES)}`.execute(tx)
}

/** Copies all rows of a table to the empty one of the same name, and notes that. `onRows` gets the number so far. */
export async function copyTable(
  from: Transaction<Tables>,
  to: Transaction<Tables>,
  name: string,
  onRows: (rows: number) => void,
): Promise<CopiedTable> {
  await withoutTimeLimits(to)
  const copied = await readTable(from, name, async (page, rows) => {
    await insertRows(to, name, page)
    onRows(rows)
  })
  await sql`insert into ${sql.table(NOTES)} (name, copied, digest)
    values (${name}, ${copied.rows}, ${copied.digest})`.execute(to)
  return copied
}

/** What a table holds. `onRows` gets the number so far. */
export async function digestTable(
  tx: Transaction<Tables>,
  name: string,
  onRows: (rows: number) => void,
): Promise<CopiedTable> {
  await withoutTimeLimits(tx)
  return readTable(tx, name, (_, rows) => onRows(rows))
}

async function readTable(
  tx: Transaction<Tables>,
  name: string,
  onPage: (page: readonly Row[], rows: number) => unknown,
): Promise<CopiedTable> {
  let rows = 0
  let digest = 0n
  for await (const page of pagesOf(tx, name)) {
    for (const row of page) digest = sumDigests(digest, rowDigest(row))
    rows += page.length
    await onPage(page, rows)
  }
  return { rows, digest: digest.toString(16) }
}

/** All rows of a table, as many at a time as have a few megabytes. */
async function* pagesOf(tx: Transaction<Tables>, name: string): AsyncGenerator<Row[]> {
  const rows = plain(tx).withTables<Record<string, Record<string, unknown>>>().selectFrom(name).selectAll()
  const parent = PARENTS_FIRST[name]
  const ordered = parent === undefined ? rows : rows.orderBy(sql.id(parent), byBytes(tx))
  if (isPostgres(tx)) yield* fetchedPages(tx, ordered)
  else yield* streamedPages(ordered)
}

type AllRows = SelectQueryBuilder<Record<string, Record<string, unknown>>, string, Record<string, unknown>>

async function* streamedPages(all: AllRows): AsyncGenerator<Row[]> {
  let page: Row[] = []
  let bytes = 0
  for await (const next of all.stream()) {
    const row = rowOf(next)
    page.push(row)
    bytes += JSON.stringify(row).length
    if (page.length < MOST_ROWS && bytes < PAGE_BYTES) continue
    yield page
    page = []
    bytes = 0
  }
  if (page.length > 0) yield page
}

/** The driver has no streams; a cursor has to be told how many rows to fetch before their size is known. */
async function* fetchedPages(tx: Transaction<Tables>, all: AllRows): AsyncGenerator<Row[]> {
  await sql`declare copied no scroll cursor for ${all}`.execute(plain(tx))
  for (let size = FIRST_ROWS; ;) {
    const fetched = await sql<Record<string, unknown>>`fetch forward ${sql.lit(size)} from copied`.execute(plain(tx))
    const page = fetched.rows.map(rowOf)
    if (page.length > 0) yield page
    if (page.length < size) break
    const fitting = Math.floor((size * PAGE_BYTES) / JSON.stringify(page).length)
    size = Math.max(1, Math.min(MOST_ROWS, size * 4, fitting))
  }
  await sql`close copied`.execute(plain(tx))
}

/** Times and truth values as SQLite holds them; Postgres takes them so, too. */
const rowOf = (row: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      value instanceof Date ? value.toISOString() : typeof value === 'boolean' ? Number(value) : (value as Row[string]),
    ]),
  )

/** As one parameter, whatever the number of rows. */
async function insertRows(tx: Transaction<Tables>, name: string, page: readonly Row[]): Promise<void> {
  const columns = Object.keys(page[0] ?? {})
  const rows = JSON.stringify(page)
  const source = isPostgres(tx)
    ? sql`select ${sql.join(columns.map((column) => sql.id(column)))}
        from json_populate_recordset(null::${sql.table(name)}, ${rows}::json)`
    : sql`select ${sql.join(columns.map((column) => sql`value ->> ${sql.lit(column)}`))} from json_each(${rows})`
  const into = sql`${sql.table(name)} (${sql.join(columns.map((column) => sql.id(column)))})`
  await sql`insert into ${into} ${source}`.execute(plain(tx))
}

/** With the database's own names. */
const plain = (store: Kysely<Tables>): Kysely<Tables> => store.withoutPlugins()
