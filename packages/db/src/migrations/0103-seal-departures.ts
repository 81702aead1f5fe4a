import type { Kysely } from 'kysely'

/**
 * Places that are still to be left get a seal; the first start with the root key makes those of the rows that are
 * there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('departures').addColumn('seal', 'text').execute()
}
