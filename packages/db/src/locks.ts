/**
 * Locks of rows, tables and the fleet. Queries ask for row locks by Kysely's `forUpdate`, `forShare` and the like on
 * both stores; for SQLite, they are left out (sqlite-statements.ts).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { sql, type Kysely, type Transaction } from 'kysely'
import { isPostgres } from './dialect.ts'
import type { Db } from './open.ts'
import type { Tables } from './tables.ts'

/** Awaits `lock`, which does nothing but lock rows. Skipped on SQLite, where it would only cost time. */
export async function lockRows(tx: Transaction<Tables>, lock: () => Promise<unknown>): Promise<void> {
  if (isPostgres(tx)) await lock()
}

/** Milliseconds. In the least, a process that waits makes several attempts (sqlite-driver.ts). */
const REST_MS = { least: 20, most: 100 }

/**
 * Between two transactions of which each took `tookMs` milliseconds: SQLite has no queue of the processes that wait to
 * write, and the one that has just written would win again and again. On a busy machine they need longer to try. Does
 * nothing on Postgres, which has a queue.
 */
export async function letOthersWrite(db: Db, tookMs: number): Promise<void> {
  if (!isPostgres(db) && tookMs > REST_MS.least) await pause(Math.min(tookMs, REST_MS.most))
}

/**
 * Locks a whole table until the transaction ends. `exclusive` lets others only read it without locks; `share row
 * exclusive` lets them lock its rows too. `table`: the name in the database.
 */
export async function lockTable(
  // oxlint-disable-next-line no-explicit-any -- better-auth's tables are not part of our table types.
  tx: Kysely<any>,
  table: string,
  mode: 'exclusive' | 'share row exclusive',
): Promise<void> {
  if (isPostgres(tx)) await sql`lock table ${sql.table(table)} in ${sql.raw(mode)} mode`.execute(tx)
}

/**
 * Runs `work`, which may use other connections, while no other process of the fleet runs the work of the same `name`.
 */
export async function oneProcessAtATime<T>(db: Db, name: number, work: () => Promise<T>): Promise<T> {
  if (!isPostgres(db)) return work()
  return db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${FLEET}, ${sql.lit(name)})`.execute(connection)
    return untilUnlocked(connection, name, work)
  })
}

/**
 * The same, but resolves to null at once while another process runs it. A process that ended, however that was, has
 * left.
 */
export async function unlessOtherProcess<T extends object>(
  db: Db,
  name: number,
  work: () => Promise<T>,
): Promise<T | null> {
  if (!isPostgres(db)) return work()
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ isOurs: boolean }>`
      select pg_try_advisory_lock(${FLEET}, ${sql.lit(name)}) as is_ours`.execute(connection)
    return rows[0]?.isOurs ? untilUnlocked(connection, name, work) : null
  })
}

async function untilUnlocked<T>(connection: Kysely<Tables>, name: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await sql`select pg_advisory_unlock(${FLEET}, ${sql.lit(name)})`.execute(connection)
  }
}

/** The class of our advisory locks. */
const FLEET = sql.lit(4400)
