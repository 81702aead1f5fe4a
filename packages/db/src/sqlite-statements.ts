/** The statements that SQLite gets from the query builder. */
import { SqliteDialect, SqliteQueryCompiler, type QueryCompiler, type SelectModifierNode } from 'kysely'

const LOCKS: ReadonlySet<SelectModifierNode['modifier']> = new Set([
  'ForUpdate',
  'ForNoKeyUpdate',
  'ForShare',
  'ForKeyShare',
  'SkipLocked',
])

/** SQLite as the main store uses it. */
export class StoreSqliteDialect extends SqliteDialect {
  override createQueryCompiler(): QueryCompiler {
    return new StatementCompiler()
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
