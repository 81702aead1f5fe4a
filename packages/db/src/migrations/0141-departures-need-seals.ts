import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * A process of an earlier version that still runs beside this one would write places to be left, and deletions that
 * wait, without a seal, and those are ignored: on Postgres it can't. Rows that are there are sealed by the first start.
 * (SQLite has one process.)
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  if (!isPostgres(db)) return
  for (const table of ['departures', 'deletions'])
    await sql`alter table ${sql.table(table)} add constraint ${sql.ref(`${table}_sealed`)}
      check (seal is not null) not valid`.execute(db)
}
