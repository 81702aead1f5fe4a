import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Null: made before this was kept.
  await db.schema.alterTable('client_secrets').addColumn('created_by', 'text').execute()
}
