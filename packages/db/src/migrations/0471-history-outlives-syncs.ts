import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * The runs of a deleted sync are removed in portions, and not in the statement that deletes it: of ten thousand runs
 * that took half a second, in which SQLite answered nothing else.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  if (isPostgres(db)) {
    for (const table of ['runs', 'snapshots'])
      await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(`${table}_sync_id_fkey`)}`.execute(db)
    return
  }
  // SQLite does not drop a foreign key, and dropping a table removes the rows that refer to it.
  const indexes = await sql<{ text: string }>`select sql as text from sqlite_master
    where type = 'index' and tbl_name in ('runs', 'snapshots', 'outcomes') and sql is not null`.execute(db)
  for (const table of ['snapshots', 'runs', 'outcomes']) await copyWithoutSync(db, table)
  for (const table of ['outcomes', 'runs', 'snapshots']) await db.schema.dropTable(table).execute()
  for (const table of ['snapshots', 'runs', 'outcomes'])
    await db.schema.alterTable(`${table}_2`).renameTo(table).execute()
  for (const { text } of indexes.rows) await sql.raw(text).execute(db)
}

/** As it is now, under another name. */
async function copyWithoutSync(db: Kysely<unknown>, table: string): Promise<void> {
  const { rows } = await sql<{ text: string }>`select sql as text from sqlite_master
    where type = 'table' and name = ${table}`.execute(db)
  const text = (rows[0]?.text ?? '')
    .replace(`CREATE TABLE "${table}"`, `CREATE TABLE "${table}_2"`)
    .replace(' references "syncs" ("id") on delete cascade', '')
    .replace('references "runs"', 'references "runs_2"')
  await sql.raw(text).execute(db)
  await sql`insert into ${sql.table(`${table}_2`)} select * from ${sql.table(table)}`.execute(db)
}
