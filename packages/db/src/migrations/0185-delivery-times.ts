import type { Kysely } from 'kysely'

/** How long the change that a run delivered had waited. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('runs').addColumn('delivered_ms', 'integer').execute()
}
