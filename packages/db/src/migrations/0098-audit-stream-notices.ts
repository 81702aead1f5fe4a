import type { Kysely } from 'kysely'

/** When a notice last said that a stream of the audit log fails. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('audit_streams').addColumn('told_at', 'text').execute()
}
