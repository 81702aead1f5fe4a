import type { Kysely } from 'kysely'

/**
 * Rotations have a table of another name: a worker of an earlier version, which knows fewer sealed columns, finds none
 * to continue with, and its upkeep ends there. Which sealed columns a rotation covers is kept with it. Processes say
 * which root keys they can open.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema.alterTable('key_rotations').renameTo('data_key_rotations').execute()
  await schema
    .alterTable('data_key_rotations')
    .addColumn('columns', 'text', (c) => c.notNull().defaultTo(''))
    .execute()
  await schema
    .createTable('processes')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('root_keys', 'text', (c) => c.notNull())
    .addColumn('seen_at', 'text', (c) => c.notNull())
    .execute()
}
