import type { Kysely } from 'kysely'

/** Machines that sign in with tokens of somebody else: how, and the access tokens that they get. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db

  await schema
    .createTable('federated_auths')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('identity_id', 'text', (c) => c.notNull().references('identities.id').onDelete('cascade'))
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .addColumn('reviewer_token', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addColumn('seal', 'text')
    .addUniqueConstraint('federated_auths_one', ['identity_id', 'method'])
    .execute()

  await schema
    .createTable('federated_tokens')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('identity_id', 'text', (c) => c.notNull().references('identities.id').onDelete('cascade'))
    .addColumn('auth_id', 'text', (c) => c.notNull().references('federated_auths.id').onDelete('cascade'))
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    .addColumn('ttl', 'integer', (c) => c.notNull())
    .addColumn('uses', 'integer', (c) => c.notNull())
    .addColumn('uses_limit', 'integer', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .addColumn('ends_at', 'text', (c) => c.notNull())
    .addColumn('last_used_at', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('seal', 'text')
    .execute()
  await schema.createIndex('federated_tokens_identity').on('federated_tokens').column('identity_id').execute()
  await schema.createIndex('federated_tokens_auth').on('federated_tokens').column('auth_id').execute()
}
