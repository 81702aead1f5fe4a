import type { Kysely } from 'kysely'

/** Since when a sync is in sync, and since when and how often its runs do not succeed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['in_sync_since', 'trouble_since'])
    await db.schema.alterTable('syncs').addColumn(column, 'text').execute()
  await db.schema
    .alterTable('syncs')
    .addColumn('trouble_runs', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}
