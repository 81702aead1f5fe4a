/**
 * Rows that give authority are sealed as they are written and checked as they are read, for every writer and reader: a
 * plugin of the query builder does both, by the declaration in sealed-tables.ts. A row whose seal is missing or wrong
 * is absent from every answer, or fails the query when nothing may be answered without it.
 *
 * What a plugin cannot do fails instead of leaving a row unsealed: an update of sealed columns names all of them and
 * the one row by its id (`amend` does), and an insert names values, not a query. Counts and other aggregates are not
 * checked, nor are subqueries in a condition, which are made with `expressionBuilder`: they must give no rights.
 */
import {
  CamelCasePlugin,
  createQueryId,
  SelectQueryNode,
  type CompiledQuery,
  type Kysely,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryId,
  type QueryResult,
  type RootOperationNode,
  type Transaction,
  type UnknownRow,
} from 'kysely'
import { checkedRows, type Columns, type Read } from './checked-rows.ts'
import { markEnded, markGroupEnded, marking, type EndedRow, type OurNames } from './marks.ts'
import { Names } from '../names.ts'
import type { Db, Dialect } from '../open.ts'
import type { EndedGroup } from './row-groups.ts'
import { readStart } from './read-start.ts'
import { checkedReturning, checkedSelect, type Check } from './seal-reads.ts'
import { deletedRows, sealedDelete, sealedInsert, sealedUpdate } from './seal-writes.ts'
import type { Sealer } from './sealer.ts'
import type { Tables } from '../tables.ts'

/** `db` with its authority rows sealed. Columns have our names. */
export function withSeals(db: Db, sealer: Sealer): Db {
  const sealed = db.withoutPlugins().withPlugin(sealPlugin(sealer, db.dialect, new Names()))
  return Object.assign(
    withMarks(sealed, sealer, (tx: Transaction<Tables>) => tx),
    { dialect: db.dialect },
  )
}

/** The store with its rows as they are, for one who checks every seal. */
export const withoutSeals = (db: Db): Db =>
  Object.assign(db.withoutPlugins().withPlugin(new Names()), { dialect: db.dialect })

/** `store` whose transactions keep their marks. */
function withMarks<T>(store: Kysely<T>, sealer: Sealer, named: OurNames): Kysely<T> {
  if (store.isTransaction) return store
  const transaction = store.transaction.bind(store)
  return Object.assign(store, { transaction: () => marking(transaction(), sealer, named) })
}

/**
 * The same store for tables that name their columns themselves, as better-auth's do, with their rows sealed where those
 * of `store` are.
 */
export function withOwnNames<T>(store: Kysely<T>): Kysely<T> {
  const seals = store.getExecutor().plugins.flatMap((plugin) => plugins.get(plugin) ?? [])[0]
  if (!seals) return store.withoutPlugins()
  const own = store.withoutPlugins().withPlugin(sealPlugin(seals.sealer, seals.dialect, null))
  return withMarks(own, seals.sealer, (tx: Transaction<Tables>) => tx.withPlugin(new CamelCasePlugin()))
}

interface Plugin {
  sealer: Sealer
  dialect: Dialect
  /** Queries that are under way. */
  reads: WeakMap<object, Read>
  /** Of queries that end or seal rows, which depends on their values. */
  changing: WeakSet<object>
}
const plugins = new WeakMap<KyselyPlugin, Plugin>()

/** A compiled statement that can run again and again. */
export interface Repeatable<R> {
  parameters: readonly unknown[]
  /** Its rows are checked as those of a new query, read from now on. */
  withParameters(parameters: readonly unknown[]): CompiledQuery<R>
}

/** Throws for a statement that changes sealed columns: the seals that it writes are of one run. */
export function repeatable<R>(plugin: KyselyPlugin, compiled: CompiledQuery<R>): Repeatable<R> {
  const { query, sql, parameters, queryId } = compiled
  const seals = plugins.get(plugin)
  if (seals?.changing.has(queryId)) throw new Error('what changes sealed columns can not run again')
  const check = seals?.reads.get(queryId)?.check
  const columns: Columns = { shown: null, named: [] }
  return {
    parameters,
    withParameters: (parameters) => ({
      query,
      sql,
      parameters,
      queryId: check ? new KeptRead(check, columns) : createQueryId(),
    }),
  }
}

/** Says itself how the rows of its query are checked: to look that up costs more than to check them. */
class KeptRead implements QueryId, Read {
  readonly queryId = 'kept'
  readonly start = readStart()
  readonly check: Check
  readonly columns: Columns
  constructor(check: Check, columns: Columns) {
    this.check = check
    this.columns = columns
  }
}

/**
 * `names`: gives columns our names in the same pass, since a plugin beside this one would copy every node and row once
 * more.
 */
function sealPlugin(sealer: Sealer, dialect: Dialect, names: Names | null): KyselyPlugin {
  const deleting = new WeakMap<object, { returns: boolean; group: EndedGroup | null }>()
  const replacing = new WeakMap<object, EndedRow>()
  const reads = new WeakMap<object, Read>()
  const changing = new WeakSet()
  const sealed = (node: RootOperationNode, queryId: QueryId): RootOperationNode => {
    switch (node.kind) {
      case 'InsertQueryNode': {
        const insert = sealedInsert(sealer, node)
        if (insert !== node) changing.add(queryId)
        return insert
      }
      case 'UpdateQueryNode': {
        const { query, check } = checkedReturning(node, node.table, dialect)
        if (check) reads.set(queryId, { check, start: readStart() })
        const update = sealedUpdate(sealer, query)
        if (update.query !== query) changing.add(queryId)
        if (update.ended) replacing.set(queryId, update.ended)
        return update.query
      }
      case 'DeleteQueryNode': {
        const { query, check } = checkedReturning(node, node.from.froms[0], dialect)
        if (check) reads.set(queryId, { check, start: readStart() })
        const sealed = sealedDelete(sealer, query)
        if (sealed.query === query) return query
        changing.add(queryId)
        deleting.set(queryId, { returns: query.returning !== undefined, group: sealed.group })
        return sealed.query
      }
      default:
        return node
    }
  }
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
      const named = (query: RootOperationNode): RootOperationNode =>
        names ? names.transformQuery({ node: query, queryId }) : query
      if (!SelectQueryNode.is(node)) return named(sealed(node, queryId))
      const { query, check } = checkedSelect(node, dialect)
      const select = named(query)
      if (!check || !SelectQueryNode.is(select)) return select
      reads.set(queryId, { check, start: readStart() })
      return { ...select, selections: [...(select.selections ?? []), check.selection] }
    },
    transformResult({ queryId, result: answer }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
      const replaced = replacing.get(queryId)
      // SQLite does not count the rows that it returns.
      if (replaced && (answer.numAffectedRows ?? BigInt(answer.rows.length)) > 0n) markEnded(sealer, [replaced])
      const deleted = deleting.get(queryId)
      const { result, ended } = deleted ? deletedRows(answer, deleted) : { result: answer, ended: [] }
      markEnded(sealer, ended)
      if (deleted?.group) markGroupEnded(sealer, deleted.group)
      const read = queryId instanceof KeptRead ? queryId : reads.get(queryId)
      const rows = checkedRows(sealer, result.rows, names, read)
      return Promise.resolve(rows === result.rows ? result : { ...result, rows })
    },
  }
  plugins.set(plugin, { sealer, dialect, reads, changing })
  return plugin
}
