import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * Tables whose rows are updated with each change or run. Postgres keeps the updated row beside the old one. Where the
 * page is full, it goes to another page, and each index of the table gets a new entry too.
 */
const UPDATED_OFTEN = ['syncs', 'ledger', 'leases', 'secrets', 'folders', 'project_use', 'audit_head', 'sync_health']

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!isPostgres(db)) return
  for (const table of UPDATED_OFTEN) await sql`alter table ${sql.table(table)} set (fillfactor = 70)`.execute(db)
}
