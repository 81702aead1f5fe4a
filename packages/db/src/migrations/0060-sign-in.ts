import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('totp_steps')
    .addColumn('user_id', 'text', (c) => c.primaryKey())
    .addColumn('step', 'integer', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('attempts')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('count', 'integer', (c) => c.notNull())
    .addColumn('blocked_until', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('attempts_expires').on('attempts').column('expires_at').execute()
}
