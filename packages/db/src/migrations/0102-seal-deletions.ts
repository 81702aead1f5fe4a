import type { Kysely } from 'kysely'

/** Deletions that wait get a seal; the first start with the root key makes those of the rows that are there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('deletions').addColumn('seal', 'text').execute()
}
