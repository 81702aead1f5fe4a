import type { Kysely } from 'kysely'

/** What a project holds, for its quotas. A project without a row is counted at its next change. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('project_use')
    .addColumn('project_id', 'text', (c) => c.primaryKey().references('projects.id').onDelete('cascade'))
    .addColumn('secrets', 'integer', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('freed', 'integer', (c) => c.notNull())
    .execute()
}
