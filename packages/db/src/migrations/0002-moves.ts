import { sql, type Kysely } from 'kysely'

/** Moves of a sync, deletions that wait for targets, and what a run left behind for a later restore. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db

  // The ledger is kept per place, so that what was written at an earlier target stays known. A primary key cannot be
  // altered in SQLite; the table is created again.
  await schema
    .createTable('ledger_by_place')
    .addColumn('sync_id', 'text', (c) => c.notNull().references('syncs.id').onDelete('cascade'))
    .addColumn('target_key', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('source_key', 'text', (c) => c.notNull())
    .addColumn('version', 'integer')
    .addColumn('remote_ids', 'text', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('flags', 'text', (c) => c.notNull())
    .addColumn('intent', 'text')
    .addColumn('written_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('ledger_by_place_pk', ['sync_id', 'target_key', 'key'])
    .execute()
  await sql`
    insert into ledger_by_place (sync_id, target_key, key, source_key, version, remote_ids, digest, flags, intent, written_at)
    select ledger.sync_id, syncs.target_key, ledger.key, '', null, ledger.remote_ids, ledger.digest, ledger.flags, ledger.intent, ledger.written_at
    from ledger join syncs on syncs.id = ledger.sync_id
  `.execute(db)
  await schema.dropTable('ledger').execute()
  await schema.alterTable('ledger_by_place').renameTo('ledger').execute()
  await schema.createIndex('ledger_target').on('ledger').columns(['target_key', 'key']).execute()

  // No cascade from the connection: it is needed until the keys are gone.
  await schema
    .createTable('departures')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('sync_id', 'text', (c) => c.notNull().references('syncs.id').onDelete('cascade'))
    .addColumn('connection_id', 'text', (c) => c.notNull().references('connections.id'))
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('target_key', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('retry_at', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('departures_place', ['sync_id', 'target_key'])
    .execute()
  await schema.createIndex('departures_target').on('departures').column('target_key').execute()
  await schema.createIndex('departures_connection').on('departures').column('connection_id').execute()

  await schema
    .createTable('deletions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('project_id', 'text', (c) => c.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addUniqueConstraint('deletions_subject', ['kind', 'subject_id'])
    .execute()

  await schema
    .createTable('snapshots')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('sync_id', 'text', (c) => c.notNull().references('syncs.id').onDelete('cascade'))
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addUniqueConstraint('snapshots_once', ['sync_id', 'hash'])
    .execute()
  await schema.alterTable('runs').addColumn('snapshot_id', 'text').execute()
}
