import type pg from 'pg'

/** Texts that are remembered at most: lists of many lengths make many. */
const REMEMBERED = 500

/**
 * Has Postgres prepare the pool's statements from their second use on: planning a join of four tables takes it several
 * times as long as running it. One with a `*` is left as it is: its columns change with the next version's migration,
 * and a prepared one would fail from then on.
 */
export function prepareStatements(pool: pg.Pool): void {
  const nameOf = statementNames()
  pool.on('connect', (client) => {
    const query = client.query.bind(client)
    // The query builder's way to call it, the only one here.
    const prepared = (text: string, values: unknown[]) => query({ name: nameOf(text), text, values })
    Object.assign(client, { query: prepared })
  })
}

/** The name under which each text is prepared, on every connection alike; undefined: not prepared. */
function statementNames(): (text: string) => string | undefined {
  /** By text; null after the first use. */
  const names = new Map<string, string | null>()
  let named = 0
  return (text) => {
    const known = names.get(text)
    if (known) return known
    if (known === null) {
      named += 1
      const name = `keyferry_${named}`
      names.set(text, name)
      return name
    }
    const isKept = names.size < REMEMBERED && !text.includes('*') && /^(select|insert|update|delete|with) /.test(text)
    if (isKept) names.set(text, null)
    return undefined
  }
}
