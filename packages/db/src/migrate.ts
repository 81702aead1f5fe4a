import { sql, type Kysely, type Transaction } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { lockStore } from './statements/locks.ts'
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
 * Brings the schema up to date; safe to call from several processes at once: one migrates, the others wait for it.
 * Throws `SchemaTooNew` before anything is changed, or what the database said.
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
  await renameFenced(db)
  const [unknown] = await unknownMigrations(db)
  if (unknown !== undefined) throw new SchemaTooNew(unknown)
  const [first] = await missingMigrations(db)
  const pending = first === undefined ? migrations : { ...migrations, [first]: alone(migrations[first]) }
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(pending) } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}

/**
 * On Postgres all that are missing are one transaction, which others may have to wait for, but never in a dead-lock:
 * it would end with the migration undone, each time, while clients keep writing.
 */
const alone = (first: Migration | undefined): Migration => ({
  async up(tx) {
    await lockStore(tx)
    await first?.up(tx)
  },
})

/** Migrations of this code that the store has not seen. Empty while all is well. Throws what the database said. */
export async function missingMigrations(db: Kysely<Tables>): Promise<string[]> {
  const names = new Set(await done(db))
  return Object.keys(migrations).filter((name) => !names.has(name))
}

/**
 * Migrations that the store has seen and this code does not know. Empty unless a newer version was there. Throws what
 * the database said.
 */
export async function unknownMigrations(db: Kysely<Tables>): Promise<string[]> {
  return (await done(db)).filter((name) => !(name in migrations))
}

/** The same inside a transaction, and no process migrates before that ends. */
export async function holdMigrations(db: Pick<Db, 'dialect'>, tx: Transaction<Tables>): Promise<string[]> {
  // Held against the row that a migration adds. A transaction of SQLite that may write is alone with the store.
  if (db.dialect === 'postgres') await sql`lock table kysely_migration in share mode`.execute(tx)
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(tx)
  return rows.map(({ name }) => name).filter((name) => !(name in migrations))
}

/**
 * The code before 0070 checks only that the store has every migration it knows, not that it knows every one the store
 * has: its admin commands and its readiness would continue beside newer columns. One of them has another name since, so
 * that they miss it and refuse.
 */
async function renameFenced(db: Kysely<Tables>): Promise<void> {
  const names = await done(db)
  if (names.some((name) => name !== FENCED.before && !(name in migrations))) return
  if (!names.includes(FENCED.before)) return
  await sql`update kysely_migration set name = ${FENCED.now} where name = ${FENCED.before}`.execute(db)
}

const FENCED = { before: '0030-running', now: '0030-running-runs' }

async function done(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(({ name }) => name)
}
