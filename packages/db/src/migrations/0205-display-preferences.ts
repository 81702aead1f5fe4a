import type { Kysely } from 'kysely'

/** How the console shows things to a person: the time zone and the height of rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('display_preferences')
    .addColumn('user_id', 'text', (c) => c.primaryKey())
    .addColumn('time_zone', 'text')
    .addColumn('density', 'text', (c) => c.notNull())
    .execute()
}
