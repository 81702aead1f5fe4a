import { sql, type Kysely } from 'kysely'

/** The overview of a project reads how long every delivery of a week took: from an index, not from each run's row. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createIndex('runs_delivered')
    .on('runs')
    .columns(['sync_id', 'started_at', 'delivered_ms'])
    .where(sql.ref('delivered_ms'), 'is not', null)
    .execute()
}
