import type { Kysely } from 'kysely'

/** Which webhooks hear of delivered versions, and of each secret which version they heard of last. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('notice_targets')
    .addColumn('deliveries', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema
    .createTable('delivery_announcements')
    .addColumn('secret_id', 'text', (c) => c.primaryKey().references('secrets.id').onDelete('cascade'))
    .addColumn('written', 'integer', (c) => c.notNull())
    .addColumn('announced', 'integer', (c) => c.notNull())
    .addColumn('check_at', 'text', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('delivery_announcements_check').on('delivery_announcements').column('check_at').execute()
}
