import { sql, type Kysely } from 'kysely'

/**
 * Snapshots as chains: the first of a chain is whole, each later one says what differs from the one before. Those in
 * chain 0, which is what an older version writes, are whole.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  for (const column of ['chain', 'position'])
    await schema
      .alterTable('snapshots')
      .addColumn(column, 'integer', (c) => c.notNull().defaultTo(0))
      .execute()
  await schema
    .createIndex('snapshots_chain')
    .on('snapshots')
    .columns(['sync_id', 'chain', 'position'])
    .unique()
    .where(sql.ref('chain'), '>', 0)
    .execute()
}
