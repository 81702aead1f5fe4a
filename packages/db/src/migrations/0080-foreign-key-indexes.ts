import type { Kysely } from 'kysely'

/** Without them, deleting a row reads every row of the tables that refer to it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, column] of [
    ['references', 'folder_id'],
    ['connections', 'project_id'],
    ['deletions', 'project_id'],
    ['notices', 'target_id'],
    ['invitations', 'project_id'],
    ['access_tokens', 'client_secret_id'],
  ] as const)
    await db.schema.createIndex(`${table}_${column}`).on(table).column(column).execute()
}
