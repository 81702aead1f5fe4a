/** How statements reach SQLite: one connection, on which this process takes turns, beside other processes. */
import { setTimeout as pause } from 'node:timers/promises'
import type SQLite from 'better-sqlite3'
import {
  CompiledQuery,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type TransactionSettings,
} from 'kysely'
import { keptStatements } from './kept-statements.ts'
import { timeSlice } from './time-slice.ts'
import { Turns } from './turns.ts'

/** Milliseconds between two attempts to write while another process does. */
const ATTEMPTS_MS = { least: 2, most: 8 }

/**
 * While another process writes, a writer of this one waits for up to `lockTimeoutMs` milliseconds, and meanwhile the
 * event loop turns and others read. SQLite itself would wait in the statement, with the whole process.
 */
export class StoreDriver extends SqliteDriver {
  readonly #database: SQLite.Database
  readonly #lockTimeoutMs: number
  readonly #turns = new Turns()
  /** Until the next attempt, which the first of all that wait makes. */
  #pause: Promise<void> | null = null

  constructor(database: SQLite.Database, lockTimeoutMs: number) {
    super({ database: withQuietRollback(database) })
    this.#database = database
    this.#lockTimeoutMs = lockTimeoutMs
  }

  override async init(): Promise<void> {
    await super.init()
    const connection = await super.acquireConnection()
    const execute = connection.executeQuery.bind(connection)
    connection.executeQuery = async (query) => {
      // SQLite carries a statement out on the spot: many in a row would keep everybody else waiting.
      const slice = timeSlice()
      if (slice.isOver()) await slice.rest()
      return this.#whenPossible(() => execute(query))
    }
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.take()
    return super.acquireConnection()
  }

  override releaseConnection(): Promise<void> {
    this.#turns.leave()
    return Promise.resolve()
  }

  /**
   * A transaction that may write takes the place of the one writer as it begins, so that it waits for another
   * process's. If it took that at its first change, after a read, SQLite would refuse it at once: what it read may be
   * old by then.
   */
  override async beginTransaction(
    connection: DatabaseConnection,
    { accessMode }: TransactionSettings = {},
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(accessMode === 'read only' ? 'begin' : 'begin immediate'))
  }

  async #whenPossible<T>(execute: () => Promise<T>): Promise<T> {
    for (let end: number | null = null; ;) {
      try {
        return await execute()
      } catch (error) {
        if (!isBusy(error)) throw error
        end ??= performance.now() + this.#lockTimeoutMs
        if (performance.now() >= end) throw error
        // Inside a transaction only this refuses a statement: a process repairs what another left that was killed.
        await (this.#database.inTransaction ? this.#untilNextAttempt() : this.#letOthersRead())
      }
    }
  }

  /** Gives the turn away until the next attempt. */
  async #letOthersRead(): Promise<void> {
    // Commits of others wait for the disk (disk-wait.ts), whether this one would or not.
    const synchronous = this.#database.pragma('synchronous', { simple: true })
    do {
      this.#database.pragma('synchronous = full')
      this.#turns.leave()
      await this.#untilNextAttempt()
      await this.#turns.take()
    } while (this.#pause)
    this.#database.pragma(`synchronous = ${String(synchronous)}`)
  }

  #untilNextAttempt(): Promise<void> {
    this.#pause ??= this.#rest()
    return this.#pause
  }

  async #rest(): Promise<void> {
    const { least, most } = ATTEMPTS_MS
    // Random, so that two processes don't miss each other again and again.
    await pause(least + Math.random() * (most - least))
    this.#pause = null
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')

/**
 * A full disk or a read error makes SQLite undo the transaction on its own. Kysely's rollback would fail then, and that
 * failure would take the place of the one that says why.
 */
function withQuietRollback(database: SQLite.Database): SqliteDatabase {
  const statement = keptStatements(database)
  return {
    close: () => database.close(),
    prepare: (text) => statement(text === 'rollback' && !database.inTransaction ? 'select 1' : text),
  }
}
