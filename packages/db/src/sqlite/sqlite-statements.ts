/** The statements that SQLite gets from the query builder. */
import type SQLite from 'better-sqlite3'
import {
  SqliteAdapter,
  SqliteDialect,
  SqliteQueryCompiler,
  type DialectAdapter,
  type Driver,
  type QueryCompiler,
  type SelectModifierNode,
} from 'kysely'
import { StoreDriver } from './sqlite-driver.ts'

const LOCKS: ReadonlySet<SelectModifierNode['modifier']> = new Set([
  'ForUpdate',
  'ForNoKeyUpdate',
  'ForShare',
  'ForKeyShare',
  'SkipLocked',
])

/** SQLite as the main store uses it. `lockTimeoutMs`: how long a statement waits for another process that writes. */
export class StoreSqliteDialect extends SqliteDialect {
  readonly #database: SQLite.Database
  readonly #lockTimeoutMs: number

  constructor(database: SQLite.Database, lockTimeoutMs: number) {
    super({ database })
    this.#database = database
    this.#lockTimeoutMs = lockTimeoutMs
  }

  override createDriver(): Driver {
    return new StoreDriver(this.#database, this.#lockTimeoutMs)
  }

  override createAdapter(): DialectAdapter {
    return new StoreAdapter()
  }

  override createQueryCompiler(): QueryCompiler {
    return new StatementCompiler()
  }
}

/**
 * SQLite changes a schema in transactions, which Kysely doesn't use: all migrations are one then. After a kill none of
 * them has happened, and the disk is waited for once, not for every statement.
 */
class StoreAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }

  /** The driver lends the one connection to one at a time. */
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

class StatementCompiler extends SqliteQueryCompiler {
  /** It has one writer at a time and knows no lock clauses. */
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (!LOCKS.has(node.modifier)) super.visitSelectModifier(node)
  }

  /**
   * After a bare `?` in a join, a limit or a `like`, SQLite plans a prepared statement again each time that it runs,
   * since the value could ask for another plan. That takes ten times as long as running it (3.54, with better-sqlite3
   * clearing what it bound). Behind a `+`, which changes nothing, it doesn't look at the value.
   */
  protected override getCurrentParameterPlaceholder(): string {
    return '+?'
  }
}
