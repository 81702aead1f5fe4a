import type SQLite from 'better-sqlite3'

/** Statements that are kept at most. */
const KEPT = 500
/** Characters of a text that is kept: those of many rows at once are long, and seldom the same twice. */
const LONGEST = 5_000

/**
 * Prepares each text once: preparing it, and making the function that builds its rows, takes several times as long as
 * most statements run. A kept one follows changes of the schema.
 */
export function keptStatements(database: SQLite.Database): (text: string) => SQLite.Statement {
  const kept = new Map<string, SQLite.Statement>()
  return (text) => {
    const known = kept.get(text)
    if (known) return known
    const statement = database.prepare(text)
    // A pragma takes effect when it is prepared: a kept one would not again.
    if (text.length > LONGEST || text.startsWith('pragma')) return statement
    if (kept.size >= KEPT) kept.clear()
    kept.set(text, statement)
    return statement
  }
}
