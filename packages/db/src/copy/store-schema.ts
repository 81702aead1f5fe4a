/** What a database says of its tables, under its own names. */
import { sql } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'
import type { Db } from '../open.ts'

/** `name`: in the database. */
export async function hasTable(db: Db, name: string): Promise<boolean> {
  const { rows } = await (
    isPostgres(db)
      ? sql`select from pg_class where relname = ${name} and relnamespace = current_schema()::regnamespace`
      : sql`select 1 from sqlite_master where type = 'table' and name = ${name}`
  ).execute(db)
  return rows.length > 0
}

/** The sorted names of each table's columns; the queue's tables, and those of the migrations, are no part of it. */
export async function columnsOf(db: Db): Promise<Map<string, string[]>> {
  const schema = await currentSchema(db)
  const tables = (await db.introspection.getTables()).filter((table) => table.schema === schema)
  return new Map(tables.map(({ name, columns }) => [name, columns.map((column) => column.name).sort()]))
}

/** Undefined in SQLite, which has no schemas. */
async function currentSchema(db: Db): Promise<string | undefined> {
  if (!isPostgres(db)) return undefined
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(db)
  return rows[0]?.name
}

/** The foreign keys: a table, and the one that its rows refer to. */
export async function referencesOf(db: Db): Promise<[string, string][]> {
  const { rows } = await (
    isPostgres(db)
      ? sql<{ child: string; parent: string }>`
          select child.relname as child, parent.relname as parent from pg_constraint
          join pg_class child on child.oid = conrelid join pg_class parent on parent.oid = confrelid
          where contype = 'f' and connamespace = current_schema()::regnamespace`
      : sql<{ child: string; parent: string }>`
          select tables.name as child, keys."table" as parent
          from sqlite_master tables, pragma_foreign_key_list(tables.name) keys where tables.type = 'table'`
  ).execute(db.withoutPlugins())
  return rows.map(({ child, parent }) => [child, parent])
}
