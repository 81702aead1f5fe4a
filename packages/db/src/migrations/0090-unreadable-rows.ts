import type { Kysely } from 'kysely'

/** A rotation keeps what it could not decrypt: as long as there is some, the old key is not thrown away. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('data_key_rotations')
    .addColumn('unreadable', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute()
}
