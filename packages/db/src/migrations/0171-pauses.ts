import type { Kysely } from 'kysely'

/** Pauses of syncs, one for each subject: a sync, a project, or `instance`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('pauses')
    .addColumn('subject', 'text', (column) => column.primaryKey())
    .addColumn('project_id', 'text', (column) => column.references('projects.id').onDelete('cascade'))
    .addColumn('sync_id', 'text', (column) => column.references('syncs.id').onDelete('cascade'))
    .addColumn('why', 'text', (column) => column.notNull())
    .addColumn('paused_by', 'text', (column) => column.notNull())
    .addColumn('until', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute()
  for (const column of ['project_id', 'sync_id'])
    await db.schema.createIndex(`pauses_${column}`).on('pauses').column(column).execute()
}
