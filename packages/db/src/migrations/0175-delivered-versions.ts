import type { Kysely } from 'kysely'

/** The versions that a written value was made of. Of what older versions of Keyferry wrote they are not known. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['ledger', 'outcomes']) await db.schema.alterTable(table).addColumn('made_of', 'text').execute()
}
