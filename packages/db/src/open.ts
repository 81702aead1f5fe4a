import SQLite from 'better-sqlite3'
import { Kysely, PostgresDialect, type PostgresPool, type SqliteDialect } from 'kysely'
import pg from 'pg'
import { Names } from './names.ts'
import { preparing } from './prepared-statements.ts'
import { withReserve } from './reserved-connection.ts'
import { StoreSqliteDialect } from './sqlite/sqlite-statements.ts'
import type { Tables } from './tables.ts'

export type Dialect = 'sqlite' | 'postgres'
/** The main store. Only this package branches on `dialect`. */
export interface Db extends Kysely<Tables> {
  readonly dialect: Dialect
}

/**
 * What the write-ahead log keeps of the disk. A long reader, such as a backup by another program, makes it grow; SQLite
 * shortens it to this at the first write after all of it is in the store.
 */
const WAL_BYTES = 16 * 1024 ** 2

/** As SQLite numbers the modes of `auto_vacuum`. */
const INCREMENTAL = 2

/**
 * SQLite at `file`, as durable as it can be, but for `withoutDiskWait`: WAL, `synchronous=FULL`, foreign keys on. For
 * tests also in memory: empty (`:memory:`) or with the content of a file. `lockTimeoutMs`: how long a statement waits
 * for another process that writes.
 */
export function openSqlite(file: string | Buffer, lockTimeoutMs = LOCK_MS): Db {
  const database = new SQLite(file)
  // Counts for a new file, and for its copies; an existing one has to be written again (docs/upgrading.md).
  // Where it holds already, setting it again would be a write.
  if (database.pragma('auto_vacuum', { simple: true }) !== INCREMENTAL) database.pragma('auto_vacuum = INCREMENTAL')
  database.pragma('journal_mode = WAL')
  database.pragma(`journal_size_limit = ${WAL_BYTES}`)
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  // The driver waits, and not in the statement.
  database.pragma('busy_timeout = 0')
  return open(new StoreSqliteDialect(database, lockTimeoutMs), 'sqlite')
}

/** Milliseconds that the server gives a statement, a lock and an idle transaction. */
const STATEMENT_MS = 30_000
const LOCK_MS = 15_000
const IDLE_IN_TRANSACTION_MS = 10_000

/**
 * Seconds after which a connection is replaced. One that opened while the database was read-only, or at a replica that
 * answered under the address of the primary, refuses writes for as long as it is open.
 */
export const CONNECTION_SECONDS = 60

/** How many connections of a pool work, rest, and are waited for. */
export interface PooledConnections {
  busy: number
  idle: number
  waiting: number
}

export interface PooledDb extends Db {
  connections(): PooledConnections
}

/** Milliseconds that a request waits for a free connection: it is rather refused than kept. */
const CONNECTION_TIMEOUT_MS = 5_000

/**
 * Postgres at `url`. `size` is the number of pooled connections: ten serve the runs of a worker, which mostly wait for
 * a vendor, or the requests of an API. With a reserved one and the queue's seven, five processes fit into Postgres'
 * default of 100. `connectionTimeoutMs`: how long a statement waits for a free connection, and for a new one to open.
 */
export function openPostgres(url: string, size = 10, connectionTimeoutMs = CONNECTION_TIMEOUT_MS): PooledDb {
  const pool = connectionPool(url, size, connectionTimeoutMs)
  const reserve = connectionPool(url, 1)
  const connections = (): PooledConnections => ({
    busy: pool.totalCount - pool.idleCount,
    idle: pool.idleCount,
    // The pool serves its callers a moment later, by a connection that is idle or that it may still open.
    waiting: Math.max(0, pool.waitingCount - pool.idleCount - (size - pool.totalCount)),
  })
  return Object.assign(onPool(withReserve(pool, reserve)), { connections })
}

/** The store that `pool` is connected to. The pool ends with it. */
export const onPool = (pool: PostgresPool): Db => open(new PostgresDialect({ pool }), 'postgres')

/** Connections of the store at `url`, opened as they are needed; see `openPostgres`. */
export function connectionPool(url: string, size: number, connectionTimeoutMs = CONNECTION_TIMEOUT_MS): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    application_name: 'keyferry',
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: CONNECTION_SECONDS,
    connectionTimeoutMillis: connectionTimeoutMs,
    // Without it, a server that vanished without a word is noticed after hours.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Our statements take milliseconds. What takes this long waits for something that does not come.
    statement_timeout: STATEMENT_MS,
    // On our side as well, a little later: a host that is gone does not enforce its time-outs.
    query_timeout: STATEMENT_MS + 5_000,
    // A paused process may hold the row of a lease in an open transaction. The server ends it, and only then would a
    // waiting one give up, so that the successor gets its turn.
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    lock_timeout: LOCK_MS,
    onConnect: preparing(),
  })
  // An idle connection that the server closes is replaced by the pool; without a listener it would end the process. A
  // connection that is in use has no listener of the pool's, so each gets our own: its query rejects on its own.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

function open(dialect: SqliteDialect | PostgresDialect, name: Dialect): Db {
  const db = new Kysely<Tables>({ dialect, plugins: [new Names()] })
  return Object.assign(db, { dialect: name })
}
