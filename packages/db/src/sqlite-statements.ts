/** The statements that SQLite gets from the query builder. */
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  type QueryCompiler,
  type SelectModifierNode,
  type SqliteDialectConfig,
  type TransactionSettings,
} from 'kysely'

const LOCKS: ReadonlySet<SelectModifierNode['modifier']> = new Set([
  'ForUpdate',
  'ForNoKeyUpdate',
  'ForShare',
  'ForKeyShare',
  'SkipLocked',
])

/** SQLite as the main store uses it. */
export class StoreSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig

  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): Driver {
    return new StoreDriver(this.#config)
  }

  override createAdapter(): DialectAdapter {
    return new StoreAdapter()
  }

  override createQueryCompiler(): QueryCompiler {
    return new StatementCompiler()
  }
}

/**
 * A transaction that may write takes the place of the one writer as it begins, so that it waits for another process's.
 * If it took that at its first change, after a read, SQLite would refuse it at once: what it read may be old by then.
 */
class StoreDriver extends SqliteDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    { accessMode }: TransactionSettings = {},
  ): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(accessMode === 'read only' ? 'begin' : 'begin immediate'))
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
}

class StatementCompiler extends SqliteQueryCompiler {
  /** It has one writer at a time and knows no lock clauses. */
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (!LOCKS.has(node.modifier)) super.visitSelectModifier(node)
  }

  /**
   * A bare `?` in a join, a limit or a `like` makes SQLite (3.54, with better-sqlite3 clearing what it bound) plan a
   * prepared statement again each time that it runs, which takes ten times as long as running it: the value could ask
   * for another plan. Behind a `+`, which changes nothing, it doesn't look at the value.
   */
  protected override getCurrentParameterPlaceholder(): string {
    return '+?'
  }
}
