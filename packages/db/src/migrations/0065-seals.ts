import type { Kysely } from 'kysely'

/** Ours, and those that better-auth made before. */
const TABLES = [
  'instance_admins',
  'memberships',
  'invitations',
  'identities',
  'universal_auths',
  'client_secrets',
  'access_tokens',
  'api_keys',
  'connections',
  'syncs',
  'notice_targets',
  'user',
  'account',
  'session',
  'verification',
  'apikey',
  'twoFactor',
]

/**
 * Rows that give authority get a seal. The first start with the root key makes those of the rows that are there
 * (kernel/authority/seal-store.ts).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const present = new Set((await db.introspection.getTables()).map(({ name }) => name))
  // better-auth's names have capitals, which ours would not keep.
  const { schema } = db.withoutPlugins()
  for (const table of TABLES) if (present.has(table)) await schema.alterTable(table).addColumn('seal', 'text').execute()
}
