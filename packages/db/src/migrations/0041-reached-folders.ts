import type { Kysely } from 'kysely'

/**
 * Which folders the keys of a sync and of a run came from, so that their results are shown only to those who can read
 * all of them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('syncs').addColumn('reached', 'text').execute()
  await db.schema.alterTable('runs').addColumn('reached', 'text').execute()
}
