import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * Pauses of syncs become a setting of the instance, which is sealed: the first start with the root key takes those over
 * that are there. A process of an earlier version that still runs beside this one would write pauses that nobody reads:
 * on Postgres it can't. (SQLite has one process.)
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  if (!isPostgres(db)) return
  await sql`alter table pauses add constraint pauses_are_a_setting check (false) not valid`.execute(db)
}
