import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * Items of the trash get a seal; their rows, and what syncs wrote, a mark each. The first start with the root key makes
 * those of the rows that are there. A process of an earlier version that still runs beside this one would write rows
 * without a mark, which are ignored: on Postgres it can't. (SQLite has one process.)
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('trash').addColumn('seal', 'text').execute()
  for (const table of ['trash_rows', 'ledger']) {
    await db.schema
      .alterTable(table)
      .addColumn('mark', 'text', (c) => c.notNull().defaultTo(''))
      .execute()
    if (isPostgres(db)) await sql`alter table ${sql.table(table)} alter column mark drop default`.execute(db)
  }
}
