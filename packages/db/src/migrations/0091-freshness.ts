import { sql, type Kysely } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'

/**
 * Rows of the audit log keep what must not come back, folders what secrets they have. A process of an earlier version
 * that still runs beside this one would write secrets without that: on Postgres it can't, as every version of a secret
 * now says that it was counted. (SQLite has one process.)
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db
  await schema.alterTable('audit').addColumn('marks', 'text').execute()
  await sql`create index audit_marks on audit (seq) where marks is not null`.execute(db)
  await schema.alterTable('folders').addColumn('secrets_head', 'text').execute()
  await schema
    .alterTable('secret_versions')
    .addColumn('counted', 'integer', (c) => c.notNull().defaultTo(1))
    .execute()
  if (isPostgres(db)) await sql`alter table secret_versions alter column counted drop default`.execute(db)
}
