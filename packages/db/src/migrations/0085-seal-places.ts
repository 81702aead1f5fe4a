import type { Kysely } from 'kysely'

const TABLES = ['projects', 'environments', 'folders', 'imports', 'instance_settings', 'audit_streams']

/**
 * Rows that say where something is, and the settings of the instance, get a seal; the first start with the root key
 * makes those of the rows that are there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of TABLES) await db.schema.alterTable(table).addColumn('seal', 'text').execute()
}
