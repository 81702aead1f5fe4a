import type { Kysely } from 'kysely'

/**
 * Which projects may use a connection of the organization, and for which targets; null, as for every connection there
 * is: all.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('connections').addColumn('allowed_projects', 'text').execute()
  await db.schema.alterTable('connections').addColumn('allowed_targets', 'text').execute()
}
