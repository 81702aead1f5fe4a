import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * Heads of folders cover the texts of their secrets, and their imports; the first start with the root key adds those
 * that are there. A process of an earlier version that still runs beside this one would write secrets and imports
 * without that: on Postgres it can't. (SQLite has one process.)
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const columns = [
    ['secret_versions', 'texts_counted'],
    ['imports', 'counted'],
  ] as const
  for (const [table, column] of columns) {
    await db.schema
      .alterTable(table)
      .addColumn(column, 'integer', (c) => c.notNull().defaultTo(1))
      .execute()
    if (isPostgres(db))
      await sql`alter table ${sql.table(table)} alter column ${sql.ref(column)} drop default`.execute(db)
  }
}
