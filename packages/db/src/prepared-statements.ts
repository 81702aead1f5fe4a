import type pg from 'pg'

/** Texts that are remembered at most: lists of many lengths make many. */
const REMEMBERED = 500

/**
 * What a pool does with each new connection, so that Postgres prepares its statements from their second use on, and
 * plans them once: planning a join of four tables takes it several times as long as running it.
 */
export function preparing(): (client: pg.ClientBase) => Promise<void> {
  const nameOf = statementNames()
  return async (client) => {
    await client.query(SETTINGS)
    const query: (...args: unknown[]) => unknown = client.query.bind(client)
    const prepared = (text: unknown, ...rest: unknown[]): unknown => {
      const name = typeof text === 'string' ? nameOf(text) : undefined
      if (name === undefined) return query(text, ...rest)
      const [values, ...others] = Array.isArray(rest[0]) ? rest : [[], ...rest]
      return query({ name, text, values }, ...others)
    }
    Object.assign(client, { query: prepared })
  }
}

/**
 * Set when connected, because PgBouncer refuses start-up parameters that it does not know. Every statement finds its
 * rows by an index: Postgres' costs are for disks that turn, and have it read a whole table of some thousand rows. A
 * plan is kept whatever the values are: most lists have one entry, but Postgres expects ten or a hundred, and would
 * plan each time again to find that out. What a plan was made for may have been an empty table. No plan is compiled:
 * with `enable_seqscan` off, Postgres up to 17 takes one without an index for so expensive that it compiles it for half
 * a second, at each use.
 */
const SETTINGS =
  'set random_page_cost = 1.1; set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off'

/** The name under which each text is prepared, on every connection alike; undefined: not prepared, or not yet. */
function statementNames(): (text: string) => string | undefined {
  /** By text; null after the first use, undefined where it is never prepared. */
  const names = new Map<string, string | null | undefined>()
  let named = 0
  return (text) => {
    const known = names.get(text)
    if (known === null) {
      named += 1
      const name = `keyferry_${named}`
      names.set(text, name)
      return name
    }
    if (known === undefined && !names.has(text) && names.size < REMEMBERED)
      names.set(text, canBePrepared(text) ? null : undefined)
    return known
  }
}

/**
 * One statement whose result has the same columns after the next version's migration: one with a `*` outside of
 * parentheses would fail from then on. Nor is it one whose best plan depends on its values, as that of a page does, or
 * on how full a queue is: all jobs that ended would be read in a plan for an empty one.
 */
function canBePrepared(text: string): boolean {
  if (!/^\s*(select|insert|update|delete|with)\s/i.test(text)) return false
  if (/;|skip locked|order by .* limit \$/is.test(text)) return false
  let outside = text
  for (let before = ''; before !== outside;) {
    before = outside
    outside = before.replaceAll(/\([^()]*\)/g, '')
  }
  return !outside.includes('*')
}
