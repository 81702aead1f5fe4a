import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * Alerts on their way, and events of syncs, get a seal; the first start with the root key makes those of the rows that
 * are there. A process of an earlier version that still runs beside this one would write some without, which would be
 * ignored: on Postgres it can't, and its run is repeated. (SQLite has one process.)
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['notices', 'sync_events']) {
    await db.schema.alterTable(table).addColumn('seal', 'text').execute()
    if (isPostgres(db))
      await sql`alter table ${sql.table(table)} add constraint ${sql.ref(`${table}_sealed`)}
        check (seal is not null) not valid`.execute(db)
  }
}
