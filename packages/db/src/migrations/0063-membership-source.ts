import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Null: given by hand.
  await db.schema.alterTable('memberships').addColumn('source', 'text').execute()
}
