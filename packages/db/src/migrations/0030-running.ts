import { sql, type Kysely } from 'kysely'

/** Which runs of a sync never ended is asked before every run, however long its history. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema
    .createIndex('runs_running')
    .on('runs')
    .column('sync_id')
    .where(sql.ref('state'), '=', 'running')
    .execute()
}
