import type { Kysely } from 'kysely'

/** The notification centre: what happened to syncs, who has read up to where, and what each person wants by email. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema
    .createTable('sync_events')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('project_id', 'text', (c) => c.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('sync_id', 'text', (c) => c.notNull().references('syncs.id').onDelete('cascade'))
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('reached', 'text')
    .addColumn('at', 'text', (c) => c.notNull())
    .execute()
  await schema.createIndex('sync_events_project').on('sync_events').columns(['project_id', 'at']).execute()
  await schema.createIndex('sync_events_sync').on('sync_events').columns(['sync_id', 'at']).execute()
  await schema.createIndex('sync_events_at').on('sync_events').column('at').execute()

  await schema
    .createTable('sync_event_mails')
    .addColumn('event_id', 'text', (c) => c.notNull().references('sync_events.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('send_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('sync_event_mails_pk', ['event_id', 'user_id'])
    .execute()
  await schema.createIndex('sync_event_mails_send_at').on('sync_event_mails').column('send_at').execute()

  await schema
    .createTable('notification_preferences')
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('delivery', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('notification_preferences_pk', ['user_id', 'kind'])
    .execute()

  await schema
    .createTable('notification_reads')
    .addColumn('user_id', 'text', (c) => c.primaryKey())
    .addColumn('read_at', 'text', (c) => c.notNull())
    .execute()
}
