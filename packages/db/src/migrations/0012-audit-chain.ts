import { sql, type Kysely } from 'kysely'

/**
 * Audit rows get a place in a chain. Those from before it have none: they are numbered from 0 downwards and carry no
 * hash.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema.alterTable('audit').addColumn('seq', 'integer').execute()
  for (const name of ['actor_kind', 'actor_id', 'prev_hash', 'hash']) {
    await schema
      .alterTable('audit')
      .addColumn(name, 'text', (c) => c.notNull().defaultTo(''))
      .execute()
  }
  await schema.alterTable('audit').addColumn('address', 'text').execute()
  await sql`
    update audit set seq = (
      select 0 - count(*) from audit later where later.at > audit.at or (later.at = audit.at and later.id > audit.id)
    )
  `.execute(db)
  await schema.createIndex('audit_seq').on('audit').column('seq').unique().execute()
  await schema.createIndex('audit_project').on('audit').columns(['project_id', 'seq']).execute()
  await schema
    .createTable('audit_head')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('before', 'integer', (c) => c.notNull())
    .addColumn('seal', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .execute()
}
