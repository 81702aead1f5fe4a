import { sql, type Kysely } from 'kysely'

/**
 * Comments, tags and metadata have versions, a deleted environment may come back, and old rows of the audit log may go.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db

  await schema
    .alterTable('secrets')
    .addColumn('metadata', 'text', (c) => c.notNull().defaultTo(''))
    .execute()
  // Null: written before these were kept.
  for (const name of ['comment', 'metadata', 'tags'])
    await schema.alterTable('secret_versions').addColumn(name, 'text').execute()
  // No comment used to be sealed like any other: 28 bytes that every listing opened. Its length shows it.
  await sql`update secrets set comment = '' where comment like 'v1.%' and comment not like 'v1.%.%' and length(comment) = 41`.execute(
    db,
  )

  // A deleted environment is kept here too, so it cannot be referenced. Rebuilt, because SQLite does not drop a foreign
  // key.
  await schema
    .createTable('trash_2')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('project_id', 'text', (c) => c.notNull().references('projects.id').onDelete('cascade'))
    .addColumn('environment_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('folder_id', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addColumn('path', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('secrets', 'integer', (c) => c.notNull())
    .addColumn('deleted_at', 'text', (c) => c.notNull())
    .addColumn('deleted_by', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .execute()
  await schema
    .createTable('trash_rows_2')
    .addColumn('trash_id', 'text', (c) => c.notNull().references('trash_2.id').onDelete('cascade'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('trash_rows_2_pk', ['trash_id', 'position'])
    .execute()
  await sql`insert into trash_2 select id, project_id, environment_id, kind, folder_id, subject_id, path, name, secrets, deleted_at, deleted_by,
    expires_at from trash`.execute(db)
  await sql`insert into trash_rows_2 select trash_id, position, kind, content from trash_rows`.execute(db)
  await schema.dropTable('trash_rows').execute()
  await schema.dropTable('trash').execute()
  await schema.alterTable('trash_2').renameTo('trash').execute()
  await schema.alterTable('trash_rows_2').renameTo('trash_rows').execute()
  await schema.createIndex('trash_project').on('trash').columns(['project_id', 'deleted_at']).execute()
  await schema.createIndex('trash_expires_at').on('trash').column('expires_at').execute()

  // Where the audit log begins, once older rows were taken off: the last of them, its hash, and how many went. Sealed
  // like its end.
  await schema
    .createTable('audit_floors')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('seal', 'text', (c) => c.notNull())
    .execute()
}
