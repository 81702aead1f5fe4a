/** The statements that SQLite gets from the query builder. */
import {
  SqliteAdapter,
  SqliteDialect,
  SqliteQueryCompiler,
  type DialectAdapter,
  type QueryCompiler,
  type SelectModifierNode,
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
