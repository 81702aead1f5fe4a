import type { Kysely } from 'kysely'

/** When a tag was changed last. Null: never, or by a process of an earlier version. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('tags').addColumn('updated_at', 'text').execute()
}
