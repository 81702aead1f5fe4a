import type { Kysely } from 'kysely'

/** Keys of the instance that have a new generation while the earlier one is still good. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('instance_key_rotations')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('started_at', 'text', (c) => c.notNull())
    .addColumn('problem', 'text')
    .execute()
}
