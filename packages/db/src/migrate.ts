import { sql, type Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from './migrations/index.ts'
import type { Db } from './open.ts'
import type { Tables } from './tables.ts'

/** The store has seen a newer version of the code than this one. */
export class SchemaTooNew extends Error {
  constructor(migration: string) {
    super(`the store was brought to "${migration}" by a newer version of Keyferry`)
    this.name = 'SchemaTooNew'
  }
}

/**
 * Brings the schema up to date; safe to call from several processes at once: one migrates, the others wait for it. Throws `SchemaTooNew`
 * before anything is changed, or what the database said.
 */
export async function migrate(db: Db): Promise<void> {
  if (db.dialect === 'sqlite') return run(db)
  await db.connection().execute(async (connection) => {
    // Waiting for another process's migration, and a large one of our own, may take longer than a statement should.
    await sql`select set_config(name, '0', false) from unnest(array['statement_timeout', 'lock_timeout']) name`.execute(
      connection,
    )
    try {
      await run(connection)
    } finally {
      await sql`reset statement_timeout`.execute(connection)
      await sql`reset lock_timeout`.execute(connection)
    }
  })
}

async function run(db: Kysely<Tables>): Promise<void> {
  const unknown = (await done(db)).find((name) => !(name in migrations))
  if (unknown !== undefined) throw new SchemaTooNew(unknown)
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}

/** Migrations of this code that the store has not seen. Empty while all is well. Throws what the database said. */
export async function missingMigrations(db: Db): Promise<string[]> {
  const names = new Set(await done(db))
  return Object.keys(migrations).filter((name) => !names.has(name))
}

async function done(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(({ name }) => name)
}
