import type SQLite from 'better-sqlite3'

/** Statements that are kept at most. */
const KEPT = 500
/** Characters of a text that is kept: those of many rows at once are long, and seldom the same twice. */
const LONGEST = 5_000

/**
 * Prepares each text once: preparing it, and making the function that builds its rows, takes several times as long as most statements run. A kept one
 * follows changes of the schema. The ones used longest ago are dropped first.
 */
export function keptStatements(database: SQLite.Database): (text: string) => SQLite.Statement {
  const kept = new Map<string, SQLite.Statement>()
  return (text) => {
    const known = kept.get(text)
    const statement = known ?? database.prepare(text)
    if (known) kept.delete(text)
    else if (text.length > LONGEST) return statement
    kept.set(text, statement)
    const [oldest] = kept.size > KEPT ? kept.keys() : []
    if (oldest !== undefined) kept.delete(oldest)
    return statement
  }
}
