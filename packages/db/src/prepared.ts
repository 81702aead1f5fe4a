import type pg from 'pg'

/** Texts that are remembered at most: lists of many lengths make many. */
const REMEMBERED = 500

/**
 * The pool with its statements prepared from their second use on: planning a join of four tables takes Postgres several
 * times as long as running it. One with a `*` is left as it is: its columns change with the next version's migration,
 * and a prepared one would fail from then on.
 */
export function prepared(pool: pg.Pool): pg.Pool {
  /** By text; null after the first use. */
  const names = new Map<string, string | null>()
  let given = 0
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known) return known
    if (known === undefined) {
      const keeps = names.size < REMEMBERED && !text.includes('*') && /^(select|insert|update|delete) /.test(text)
      if (keeps) names.set(text, null)
      return undefined
    }
    given += 1
    names.set(text, `keyferry_${given}`)
    return names.get(text) ?? undefined
  }
  const clients = new WeakMap<pg.PoolClient, pg.PoolClient>()
  const preparing = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get: (target, property): unknown =>
        property === 'query'
          ? (text: string, values: unknown[]) => target.query({ name: nameOf(text), text, values })
          : Reflect.get(target, property),
    })
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect()
    // The same for the same: the query builder keeps its own state per client.
    const known = clients.get(client) ?? preparing(client)
    clients.set(client, known)
    return known
  }
  return new Proxy(pool, {
    get: (target, property): unknown => (property === 'connect' ? connect : Reflect.get(target, property)),
  })
}
