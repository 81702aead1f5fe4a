import type { Kysely } from 'kysely'

/** What the vendor shows of a key after our write, such as the time of its last change. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('ledger').addColumn('revision', 'text').execute()
}
