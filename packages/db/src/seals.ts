/**
 * Rows that give authority are sealed as they are written and checked as they are read, whoever writes or reads them: a plugin of the query
 * builder does both, by the declaration in sealed-tables.ts. A row whose seal is missing or wrong is absent from every answer,
 * or fails the query when nothing may be answered without it.
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
import { markEnded, marking, type EndedRow } from './marks.ts'
import type { Db } from './open.ts'
import { checkedReturning, checkedRows, checkedSelect, type Source } from './seal-reads.ts'
import { deletedRows, sealedDelete, sealedInsert, sealedUpdate } from './seal-writes.ts'
import type { Sealer } from './sealer.ts'

/** `db` with its authority rows sealed. Columns have our names. */
export function withSeals(db: Db, sealer: Sealer): Db {
  const sealed = db.withoutPlugins().withPlugin(sealPlugin(sealer)).withPlugin(new CamelCasePlugin())
  return Object.assign(withMarks(sealed, sealer), { dialect: db.dialect })
}

/** `store` whose transactions keep their marks. */
function withMarks<T>(store: Kysely<T>, sealer: Sealer): Kysely<T> {
  if (store.isTransaction) return store
  const transaction = store.transaction.bind(store)
  return Object.assign(store, { transaction: () => marking(transaction(), sealer) })
}

/** The same store for tables that name their columns themselves, as better-auth's do, with their rows sealed where those of `store` are. */
export function withOwnNames<T>(store: Kysely<T>): Kysely<T> {
  const seals = store.getExecutor().plugins.find((plugin) => plugins.has(plugin))
  const sealer = seals && plugins.get(seals)
  return seals && sealer ? withMarks(store.withoutPlugins().withPlugin(seals), sealer) : store.withoutPlugins()
}

const plugins = new WeakMap<KyselyPlugin, Sealer>()

const sealPlugin = (sealer: Sealer): KyselyPlugin => {
  const asked = new WeakMap<object, readonly Source[]>()
  const deleting = new WeakMap<object, { returns: boolean }>()
  const replacing = new WeakMap<object, EndedRow>()
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
      switch (node.kind) {
        case 'InsertQueryNode':
          return sealedInsert(sealer, node)
        case 'UpdateQueryNode': {
          const { query, sources } = checkedReturning(node, node.table)
          if (sources.length > 0) asked.set(queryId, sources)
          const update = sealedUpdate(sealer, query)
          if (update.ended) replacing.set(queryId, update.ended)
          return update.query
        }
        case 'SelectQueryNode': {
          const { query, sources } = checkedSelect(node)
          if (sources.length > 0) asked.set(queryId, sources)
          return query
        }
        case 'DeleteQueryNode': {
          const { query, sources } = checkedReturning(node, node.from.froms[0])
          if (sources.length > 0) asked.set(queryId, sources)
          const sealed = sealedDelete(query)
          if (sealed !== query) deleting.set(queryId, { returns: query.returning !== undefined })
          return sealed
        }
        default:
          return node
      }
    },
    transformResult({ queryId, result: answer }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
      const replaced = replacing.get(queryId)
      // SQLite does not count the rows that it returns.
      if (replaced && (answer.numAffectedRows ?? BigInt(answer.rows.length)) > 0n) markEnded(sealer, [replaced])
      const deleted = deleting.get(queryId)
      const { result, ended } = deleted ? deletedRows(answer, deleted) : { result: answer, ended: [] }
      markEnded(sealer, ended)
      const sources = asked.get(queryId)
      if (!sources) return Promise.resolve(result)
      return Promise.resolve({ ...result, rows: checkedRows(sealer, sources, result.rows) })
    },
  }
  plugins.set(plugin, sealer)
  return plugin
}
