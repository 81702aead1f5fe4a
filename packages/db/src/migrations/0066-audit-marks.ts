import type { Kysely } from 'kysely'

/**
 * The content of rows from before the chain is sealed too, not their number only, and the organization keeps up to
 * where the log went.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('audit_head')
    .addColumn('before_digest', 'text', (c) => c.notNull().defaultTo(''))
    .execute()
  await db.schema.alterTable('organizations').addColumn('audit_mark', 'text').execute()
}
