import type { Kysely } from 'kysely'

/**
 * Whether a secret's value is shown and taken as text without references. The value itself is stored so that it is sent
 * as that text whatever this says: a process of an earlier version, which does not know the column, sends the same.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['secrets', 'secret_versions'])
    await db.schema
      .alterTable(table)
      .addColumn('is_literal', 'integer', (c) => c.notNull().defaultTo(0))
      .execute()
}
