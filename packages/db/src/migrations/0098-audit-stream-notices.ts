import type { Kysely } from 'kysely'

/** A stream of the audit log that fails is told of, once a day for as long as that lasts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('audit_streams').addColumn('told_at', 'text').execute()
}
