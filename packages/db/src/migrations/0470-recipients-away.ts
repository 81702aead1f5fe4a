import type { Kysely } from 'kysely'

/** A recipient of alerts that does not answer is tried later and later, whichever alert is next. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .alterTable('notice_targets')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await schema.alterTable('notice_targets').addColumn('retry_at', 'text').execute()
}
