/**
 * Statements that most requests and runs make. Kysely builds and compiles one in more time than the store takes to run
 * it.
 */
import { sql, type Compilable, type Kysely, type KyselyPlugin, type RawBuilder } from 'kysely'
import { boundList } from './lists.ts'
import { repeatable, type Repeatable } from '../seals/seals.ts'
import type { Tables } from '../tables.ts'

type Store = Kysely<Tables>
type Value = string | number | null | readonly string[]

/** Where a value of this name goes. */
export type Slot<V> = <K extends keyof V & string>(name: K) => RawBuilder<V[K]>

/** Holds the place of a value until the query runs. */
class Vacant {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * A statement that is built and compiled once for each store, and run with other values each time. `build` must not
 * depend on anything but its arguments. Lists are bound as `inList` and `listTable` expect them, rows as `boundRows`
 * gives them. Throws for a change of sealed columns: its seals are made of its values.
 */
export function keptQuery<V extends Readonly<Record<keyof V, Value>>, R>(
  build: (store: Store, slot: Slot<V>) => Compilable<R>,
): (store: Store, values: V) => Promise<R[]> {
  // A transaction has the plugin of its store.
  const compiled = new WeakMap<KyselyPlugin, Repeatable<R>>()
  return async (store, values) => {
    const [plugin, ...others] = store.getExecutor().plugins
    if (!plugin || others.length > 0) throw new Error('a store has one plugin')
    let query = compiled.get(plugin)
    if (!query) {
      query = repeatable(plugin, build(store, (name) => sql.val(new Vacant(name)) as never).compile())
      compiled.set(plugin, query)
    }
    const given: Readonly<Record<string, Value>> = values
    const parameters = query.parameters.map((parameter) => {
      if (!(parameter instanceof Vacant)) return parameter
      const value = given[parameter.name]
      return typeof value === 'object' && value !== null ? boundList(store, value) : value
    })
    const { rows } = await store.executeQuery(query.withParameters(parameters))
    return rows
  }
}
