/**
 * Locks of rows, tables and the fleet. Queries ask for row locks by Kysely's `forUpdate`, `forShare` and the like on
 * both stores; for SQLite, they are left out (sqlite-statements.ts).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { sql, type Kysely, type Transaction } from 'kysely'
import { isPostgres } from './dialect.ts'
import { isLockTimeout } from '../errors.ts'
import type { Db } from '../open.ts'
import type { Tables } from '../tables.ts'

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

/** Milliseconds. Postgres looks for a dead-lock after a second, and ends it at the cost of one of the two. */
const ATTEMPT_MS = 400
const BETWEEN_MS = 200
const ATTEMPTS = 25

/**
 * Locks every table of the store until the transaction ends, so that nothing else reads or writes one meanwhile. What
 * is under way ends first. An attempt that meets a writer which waits for a table that it has, or a long reader such as
 * `pg_dump`, gives all of them back at once. Does nothing on SQLite, where a transaction that may write is alone.
 */
export async function lockStore(tx: Kysely<Tables>): Promise<void> {
  if (!isPostgres(tx)) return
  // Those that this user can alter. Writers begin with their project, so it is first.
  const { rows } = await sql<{ name: string }>`
    select quote_ident(relname) as name from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname not like 'kysely%'
      and pg_has_role(relowner, 'usage')
    order by relname <> 'projects', relname`.execute(tx)
  if (rows.length === 0) return
  const lock = sql`lock table ${sql.raw(rows.map(({ name }) => name).join(', '))} in access exclusive mode`
  await sql`select set_config('lock_timeout', ${String(ATTEMPT_MS)}, true)`.execute(tx)
  await sql`savepoint unlocked`.execute(tx)
  for (let attempt = 1; ; attempt++) {
    try {
      await lock.execute(tx)
      break
    } catch (error) {
      if (!isLockTimeout(error) || attempt === ATTEMPTS) throw error
      await sql`rollback to savepoint unlocked`.execute(tx)
      await pause(BETWEEN_MS)
    }
  }
  await sql`set local lock_timeout = 0`.execute(tx)
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
