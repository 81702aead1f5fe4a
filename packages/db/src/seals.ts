/**
 * Rows that give authority are sealed as they are written and checked as they are read, whoever writes or reads them: a plugin of the query
 * builder does both, by the declaration in sealed-tables.ts. A row whose seal is missing or wrong is absent from every answer.
 *
 * What a plugin cannot do fails instead of leaving a row unsealed: an update of sealed columns names all of them and the one row by its id
 * (`amend` does), and an insert names values, not a query. Counts and other aggregates are not checked, nor are subqueries in a condition, which are made
 * with `expressionBuilder`: they must give no rights.
 */
import { timingSafeEqual } from 'node:crypto'
import {
  AggregateFunctionNode,
  AliasNode,
  AndNode,
  BinaryOperationNode,
  CamelCasePlugin,
  ColumnNode,
  ColumnUpdateNode,
  IdentifierNode,
  OperationNodeTransformer,
  OperatorNode,
  ParensNode,
  PrimitiveValueListNode,
  ReferenceNode,
  SelectAllNode,
  SelectionNode,
  SelectQueryNode,
  TableNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  type DeleteQueryNode,
  type InsertQueryNode,
  type Kysely,
  type KyselyPlugin,
  type OperationNode,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
  type UpdateQueryNode,
} from 'kysely'
import type { Db } from './open.ts'
import { isSealedTable, SEALED_TABLES, type SealedTable } from './sealed-tables.ts'

/** Makes seals. */
export interface Sealer {
  /** The seal of a row, by what `contentOf` makes of it. */
  seal(table: SealedTable, content: string): string
  /** Hears of a row whose seal is missing or wrong, each time it is read. */
  refused(table: SealedTable, id: string): void
}

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

/** One text of a row's sealed columns. Empty columns are left out, so that a column that is added later leaves old seals good. */
export function contentOf(table: SealedTable, row: Readonly<Record<string, unknown>>): string {
  const columns: readonly string[] = SEALED_TABLES[table]
  return JSON.stringify(
    columns.flatMap((column) => {
      const value = plain(row[column])
      return value === null ? [] : [[column, value]]
    }),
  )
}

/** The same whichever database it comes from: SQLite has no times and no truth values. */
function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new Error('a sealed column holds text, numbers, times and truth values only')
}

/** Whether `seal` is the one of this row. */
export function isSealed(sealer: Sealer, table: SealedTable, row: Readonly<Record<string, unknown>>, seal: unknown) {
  if (typeof seal !== 'string' || seal === '') return false
  const [given, made] = [Buffer.from(seal), Buffer.from(sealer.seal(table, contentOf(table, row)))]
  return given.length === made.length && timingSafeEqual(given, made)
}

/** A sealed table of a query, under the name that the query has for it, and what its columns are called in the answer. */
interface Source {
  table: SealedTable
  alias: string
}

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
      return Promise.resolve({ ...result, rows: result.rows.filter((row) => isWhole(sealer, sources, row)) })
    },
  }
  plugins.add(plugin)
  return plugin
}

/** Takes what was selected for the check out of the row. */
function isWhole(sealer: Sealer, sources: readonly Source[], row: UnknownRow): boolean {
  let whole = true
  sources.forEach(({ table }, source) => {
    const columns: readonly string[] = SEALED_TABLES[table]
    const checked: Record<string, unknown> = {}
    columns.forEach((column, at) => {
      checked[column] = row[nameOf(source, at)]
      delete row[nameOf(source, at)]
    })
    const seal = row[nameOf(source, columns.length)]
    delete row[nameOf(source, columns.length)]
    delete row['seal']
    const id = checked[columns[0] ?? '']
    // The empty side of an outer join.
    if (id === null && seal === null) return
    if (isSealed(sealer, table, checked, seal)) return
    whole = false
    sealer.refused(table, String(id))
  })
  return whole
}

/** Without letters that a plugin for names could change. */
const nameOf = (source: number, column: number): string => `seal$${source}$${column}`

function checkedSelect(node: SelectQueryNode): { query: SelectQueryNode; sources: Source[] } {
  if (node.groupBy || node.setOperations || (node.selections ?? []).some(({ selection }) => isAggregate(selection)))
    return { query: node, sources: [] }
  const sources: Source[] = []
  const froms = (node.from?.froms ?? []).map((from) => checkedFrom(from, sources))
  const joins = (node.joins ?? []).map((join) => ({ ...join, table: checkedFrom(join.table, sources) }))
  if (sources.length === 0) return { query: node, sources }
  const query = {
    ...node,
    ...(node.from ? { from: { ...node.from, froms } } : {}),
    ...(node.joins ? { joins } : {}),
    selections: [...(node.selections ?? []), ...sources.flatMap(checks)],
  }
  return { query, sources }
}

/** Adds to `sources` what is sealed there: a table, or a query of one in parentheses, which then has to show what is checked. */
function checkedFrom(node: OperationNode, sources: Source[]): OperationNode {
  const inner = AliasNode.is(node) ? node.node : node
  const table = tableOf(inner)
  if (table) {
    const alias = AliasNode.is(node) && IdentifierNode.is(node.alias) ? node.alias.name : table
    sources.push({ table, alias })
    return node
  }
  if (!AliasNode.is(node) || !SelectQueryNode.is(inner) || !IdentifierNode.is(node.alias)) return node
  const [from, ...others] = inner.from?.froms ?? []
  const below = from && tableOf(from)
  if (!below || others.length > 0 || inner.joins || inner.groupBy) return node
  sources.push({ table: below, alias: node.alias.name })
  const shown = inner.selections ?? []
  if (shown.some(({ selection }) => SelectAllNode.is(selection))) return node
  const names = new Set(shown.map(({ selection }) => columnOf(selection)))
  const missing = [...SEALED_TABLES[below], 'seal'].filter((column) => !names.has(column))
  const selections = missing.map((column) => SelectionNode.create(ReferenceNode.create(ColumnNode.create(column))))
  const showing: SelectQueryNode = { ...inner, selections: [...shown, ...selections] }
  return AliasNode.create(showing, node.alias)
}

function checkedReturning<N extends DeleteQueryNode | UpdateQueryNode>(
  node: N,
  changed: OperationNode | undefined,
): { query: N; sources: Source[] } {
  const table = changed && tableOf(changed)
  if (!table) return { query: node, sources: [] }
  const query = node.where ? { ...node, where: withoutChecks.transformNode(node.where) } : node
  if (!query.returning) return { query, sources: [] }
  const source = { table, alias: table }
  const selections = [...query.returning.selections, ...checks(source, 0)]
  return { query: { ...query, returning: { ...query.returning, selections } }, sources: [source] }
}

/** A subquery of better-auth's, "the one row where …", got its checks as if it were asked by itself; there it shows the id only. */
class WithoutChecks extends OperationNodeTransformer {
  protected override transformSelectQuery(node: SelectQueryNode): SelectQueryNode {
    const selections = node.selections?.filter(({ selection }) => !isCheck(selection))
    return super.transformSelectQuery(selections ? { ...node, selections } : node)
  }
}
const withoutChecks = new WithoutChecks()

const isCheck = (node: OperationNode): boolean =>
  AliasNode.is(node) && IdentifierNode.is(node.alias) && node.alias.name.startsWith('seal$')

const checks = ({ table, alias }: Source, source: number): SelectionNode[] =>
  [...SEALED_TABLES[table], 'seal'].map((column, at) =>
    SelectionNode.create(
      AliasNode.create(
        ReferenceNode.create(ColumnNode.create(column), TableNode.create(alias)),
        IdentifierNode.create(nameOf(source, at)),
      ),
    ),
  )

function sealedInsert(sealer: Sealer, node: InsertQueryNode): InsertQueryNode {
  const table = node.into && tableOf(node.into)
  if (!table) return node
  const columns = (node.columns ?? []).map((column) => column.column.name)
  if (node.onConflict?.updates?.some(({ column }) => covers(table, columnOf(column)))) throw partial(table)
  if (!node.values || !ValuesNode.is(node.values)) throw partial(table)
  const old = columns.indexOf('seal')
  const kept = <T>(list: readonly T[]): T[] => list.filter((_, at) => at !== old)
  const values = node.values.values.map((item) => {
    const given = PrimitiveValueListNode.is(item) ? item.values : item.values.map((value) => valueOf(table, value))
    const row = Object.fromEntries(columns.map((column, at) => [column, given[at]]))
    const seal = sealer.seal(table, contentOf(table, row))
    return PrimitiveValueListNode.is(item)
      ? PrimitiveValueListNode.create([...kept(item.values), seal])
      : ValueListNode.create([...kept(item.values), ValueNode.create(seal)])
  })
  return {
    ...node,
    columns: [...kept(node.columns ?? []), ColumnNode.create('seal')],
    values: ValuesNode.create(values),
  }
}

function sealedUpdate(sealer: Sealer, node: UpdateQueryNode): UpdateQueryNode {
  const table = node.table && tableOf(node.table)
  if (!table) return node
  const updates = node.updates ?? []
  if (!updates.some(({ column }) => covers(table, columnOf(column)))) return node
  const [idColumn, ...columns]: readonly string[] = SEALED_TABLES[table]
  const id = node.where && comparedWith(idColumn ?? '', node.where.where)
  if (id === undefined) throw partial(table)
  const row: Record<string, unknown> = { [idColumn ?? '']: id }
  for (const column of columns) {
    const update = updates.find((update) => columnOf(update.column) === column)
    if (!update) throw partial(table)
    row[column] = valueOf(table, update.value)
  }
  const seal = ValueNode.create(sealer.seal(table, contentOf(table, row)))
  return { ...node, updates: [...updates, ColumnUpdateNode.create(ColumnNode.create('seal'), seal)] }
}

const partial = (table: SealedTable): Error =>
  new Error(`rows of ${table} are sealed whole: insert their values, change them with amend`)

const covers = (table: SealedTable, column: string | null): boolean =>
  SEALED_TABLES[table].some((covered) => covered === column)

function tableOf(node: OperationNode): SealedTable | null {
  if (AliasNode.is(node)) return tableOf(node.node)
  if (!TableNode.is(node)) return null
  const { name } = node.table.identifier
  return isSealedTable(name) ? name : null
}

function columnOf(node: OperationNode): string | null {
  if (AliasNode.is(node)) return columnOf(node.node)
  const column = ReferenceNode.is(node) ? node.column : node
  return ColumnNode.is(column) ? column.column.name : null
}

function valueOf(table: SealedTable, node: OperationNode): unknown {
  if (ValueNode.is(node)) return node.value
  if (node.kind === 'DefaultInsertValueNode') return null
  throw partial(table)
}

/** The value that `column` has to equal; undefined when the condition does not say. */
function comparedWith(column: string, node: OperationNode): unknown {
  if (ParensNode.is(node)) return comparedWith(column, node.node)
  if (AndNode.is(node)) return comparedWith(column, node.left) ?? comparedWith(column, node.right)
  if (!BinaryOperationNode.is(node) || columnOf(node.leftOperand) !== column) return undefined
  const equal = OperatorNode.is(node.operator) && node.operator.operator === '='
  return equal && ValueNode.is(node.rightOperand) ? node.rightOperand.value : undefined
}

const isAggregate = (node: OperationNode): boolean =>
  AliasNode.is(node) ? isAggregate(node.node) : AggregateFunctionNode.is(node)
