import type { Kysely } from 'kysely'

/** What became of importing what a target held. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['import_state', 'import_job_id', 'import_message', 'imported_at'])
    await db.schema.alterTable('syncs').addColumn(column, 'text').execute()
}
