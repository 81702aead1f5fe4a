import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const columns = ['next_check_at', 'checked_at', 'drift', 'drift_message', 'heals', 'repair_stopped']
  for (const column of columns) await db.schema.alterTable('syncs').addColumn(column, 'text').execute()
  await db.schema.createIndex('syncs_next_check').on('syncs').column('next_check_at').execute()
  // Existing syncs get drift checks from now on, like new ones.
  await sql`update syncs set next_check_at = synced_at where applied > 0`.execute(db)
}
