/**
 * Rows that give authority are sealed as they are written and checked as they are read, whoever writes or reads them: a plugin of the query
 * builder does both, by the declaration in sealed-tables.ts. A row whose seal is missing or wrong is absent from every answer.
 *
 * What a plugin cannot do fails instead of leaving a row unsealed: an update of sealed columns names all of them and the one row by its id
 * (`amend` does), and an insert names values, not a query. Counts and other aggregates are not checked, nor are subqueries in a condition, which are made
 * with `expressionBuilder`: they must give no rights.
 */
import {
  CamelCasePlugin,
  type Kysely,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely'
import type { Db } from './open.ts'
import { checkedReturning, checkedRows, checkedSelect, type Source } from './seal-reads.ts'
import { sealedInsert, sealedUpdate } from './seal-writes.ts'
import type { Sealer } from './sealer.ts'

/** `db` with its authority rows sealed. Columns have our names. */
export const withSeals = (db: Db, sealer: Sealer): Db =>
  Object.assign(db.withoutPlugins().withPlugin(sealPlugin(sealer)).withPlugin(new CamelCasePlugin()), {
    dialect: db.dialect,
  })

/** The same store for tables that name their columns themselves, as better-auth's do, with their rows sealed where those of `store` are. */
export function withOwnNames<T>(store: Kysely<T>): Kysely<T> {
  const seals = store.getExecutor().plugins.find((plugin) => plugins.has(plugin))
  return seals ? store.withoutPlugins().withPlugin(seals) : store.withoutPlugins()
}

const plugins = new WeakSet<KyselyPlugin>()

const sealPlugin = (sealer: Sealer): KyselyPlugin => {
  const asked = new WeakMap<object, readonly Source[]>()
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
      switch (node.kind) {
        case 'InsertQueryNode':
          return sealedInsert(sealer, node)
        case 'UpdateQueryNode': {
          const { query, sources } = checkedReturning(node, node.table)
          if (sources.length > 0) asked.set(queryId, sources)
          return sealedUpdate(sealer, query)
        }
        case 'SelectQueryNode': {
          const { query, sources } = checkedSelect(node)
          if (sources.length > 0) asked.set(queryId, sources)
          return query
        }
        case 'DeleteQueryNode': {
          const { query, sources } = checkedReturning(node, node.from.froms[0])
          if (sources.length > 0) asked.set(queryId, sources)
          return query
        }
        default:
          return node
      }
    },
    transformResult({ queryId, result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
      const sources = asked.get(queryId)
      if (!sources) return Promise.resolve(result)
      return Promise.resolve({ ...result, rows: checkedRows(sealer, sources, result.rows) })
    },
  }
  plugins.add(plugin)
  return plugin
}
