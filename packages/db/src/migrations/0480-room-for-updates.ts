import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * Rows that each change or run updates. Postgres writes an updated row anew, and anew into each index of its table
 * unless there is room beside the old one; a full page has none.
 */
const UPDATED_OFTEN = ['syncs', 'ledger', 'leases', 'secrets', 'folders', 'project_use', 'audit_head', 'sync_health']

export async function up(db: Kysely<unknown>): Promise<void> {
  if (!isPostgres(db)) return
  for (const table of UPDATED_OFTEN) await sql`alter table ${sql.table(table)} set (fillfactor = 70)`.execute(db)
}
