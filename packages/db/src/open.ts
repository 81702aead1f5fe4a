import SQLite from 'better-sqlite3'
import { CamelCasePlugin, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { migrations } from './migrations/index.ts'
import type { Tables } from './tables.ts'

export type Dialect = 'sqlite' | 'postgres'
/** The main store. `dialect` is for the few places where the two differ (row locks, error codes). */
export interface Db extends Kysely<Tables> {
  readonly dialect: Dialect
}

/** SQLite at `file`, as durable as it can be: WAL, `synchronous=FULL`, foreign keys on. `:memory:` for tests. */
export function openSqlite(file: string): Db {
  const database = new SQLite(file)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma('busy_timeout = 5000')
  return open(new SqliteDialect({ database }), 'sqlite')
}

/** Postgres at `url`. `size` is the number of pooled connections. */
export function openPostgres(url: string, size = 10): Db {
  const pool = new pg.Pool({ connectionString: url, max: size, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 10_000 })
  // An idle connection that the server closes is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  return open(new PostgresDialect({ pool }), 'postgres')
}

function open(dialect: SqliteDialect | PostgresDialect, name: Dialect): Db {
  const db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] })
  return Object.assign(db, { dialect: name })
}

/** Brings the schema up to date; safe to call from several processes at once. Throws what the database said. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}
