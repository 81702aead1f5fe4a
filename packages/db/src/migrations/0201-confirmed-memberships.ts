import type { Kysely } from 'kysely'

/** When a sign-in said last that a person has the group of their role, under the row's seal. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('memberships').addColumn('confirmed_at', 'text').execute()
}
