import type { Kysely } from 'kysely'

/** What people call a recipient of alerts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('notice_targets').addColumn('name', 'text').execute()
}
