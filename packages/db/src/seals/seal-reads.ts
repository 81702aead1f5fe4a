/** What a query selects beside its own columns, so that its rows can be checked (checked-rows.ts). */
import {
  AggregateFunctionNode,
  AliasNode,
  ColumnNode,
  IdentifierNode,
  OperationNodeTransformer,
  RawNode,
  ReferenceNode,
  SelectAllNode,
  SelectionNode,
  SelectQueryNode,
  type DeleteQueryNode,
  type OperationNode,
  type UpdateQueryNode,
} from 'kysely'
import { Names } from '../names.ts'
import type { Dialect } from '../open.ts'
import { columnOf, tableOf } from './seal-nodes.ts'
import { ACCOUNT_TABLES, SEALED_TABLES, type SealedTable } from './sealed-tables.ts'

/** A sealed table of a query, under its name there. */
interface Source {
  table: SealedTable
  alias: string
}

/**
 * What a query selects beside its own columns: one JSON list, of the check's number, and for each sealed table the seal
 * and the sealed columns. They are null on the empty side of an outer join.
 */
export interface Check {
  column: string
  tables: readonly SealedTable[]
  selection: SelectionNode
}

/**
 * What a query has to select too, so that the rows of its sealed tables can be checked, and the query with subqueries
 * that show it. `check` is null where nothing is sealed. Aggregates have no rows to check.
 */
export function checkedSelect(
  node: SelectQueryNode,
  dialect: Dialect,
): { query: SelectQueryNode; check: Check | null } {
  const { from, joins, selections, groupBy, setOperations } = node
  const sources: Source[] = []
  let hasSubquery = false
  const add = (item: OperationNode): void => {
    const subquery = tableOfSubquery(item)
    const table = subquery ?? tableOf(item)
    if (table) sources.push({ table, alias: aliasOf(item) ?? table })
    if (subquery) hasSubquery = true
  }
  from?.froms.forEach(add)
  joins?.forEach(({ table }) => add(table))
  if (sources.length === 0 || groupBy || setOperations || selections?.some(({ selection }) => isAggregate(selection)))
    return { query: node, check: null }
  const check = checkOf(dialect, sources)
  if (!hasSubquery) return { query: node, check }
  const query = {
    ...node,
    ...(from ? { from: { ...from, froms: from.froms.map(showing) } } : {}),
    ...(joins ? { joins: joins.map((join) => ({ ...join, table: showing(join.table) })) } : {}),
  }
  return { query, check }
}

const aliasOf = (node: OperationNode): string | null =>
  AliasNode.is(node) && IdentifierNode.is(node.alias) ? node.alias.name : null

/** What is sealed of a query of one table in parentheses. */
function tableOfSubquery(node: OperationNode): SealedTable | null {
  if (!AliasNode.is(node) || !SelectQueryNode.is(node.node)) return null
  const { from, joins, groupBy } = node.node
  const [first, ...others] = from?.froms ?? []
  return first && others.length === 0 && !joins && !groupBy ? tableOf(first) : null
}

/** A query in parentheses that shows what is checked. */
function showing(node: OperationNode): OperationNode {
  const table = tableOfSubquery(node)
  if (!table || !AliasNode.is(node) || !SelectQueryNode.is(node.node)) return node
  const shown = node.node.selections ?? []
  if (shown.some(({ selection }) => SelectAllNode.is(selection))) return node
  const names = new Set(shown.map(({ selection }) => columnOf(selection)))
  const missing = [...SEALED_TABLES[table], 'seal'].filter((column) => !names.has(column))
  const selections = missing.map((column) => SelectionNode.create(ReferenceNode.create(ColumnNode.create(column))))
  const query: SelectQueryNode = { ...node.node, selections: [...shown, ...selections] }
  return AliasNode.create(query, node.alias)
}

/** The same for what a change returns. */
export function checkedReturning<N extends DeleteQueryNode | UpdateQueryNode>(
  node: N,
  changed: OperationNode | undefined,
  dialect: Dialect,
): { query: N; check: Check | null } {
  const table = changed && tableOf(changed)
  if (!table) return { query: node, check: null }
  const query = node.where ? { ...node, where: withoutChecks.transformNode(node.where) } : node
  if (!query.returning) return { query, check: null }
  const check = checkOf(dialect, [{ table, alias: table }])
  const selections = [...query.returning.selections, check.selection]
  return { query: { ...query, returning: { ...query.returning, selections } }, check }
}

/**
 * A subquery of better-auth's, "the one row where …", got its checks as if it stood alone; there it shows the id only.
 */
class WithoutChecks extends OperationNodeTransformer {
  protected override transformSelectQuery(node: SelectQueryNode): SelectQueryNode {
    const selections = node.selections?.filter(({ selection }) => !isCheck(selection))
    return super.transformSelectQuery(selections ? { ...node, selections } : node)
  }
}
const withoutChecks = new WithoutChecks()

const isCheck = (node: OperationNode): boolean => checksByColumn.has(aliasOf(node) ?? '')

/** By tables and aliases, and by column. There are only as many as the code has queries. */
const checks: Record<Dialect, Map<string, Check>> = { sqlite: new Map(), postgres: new Map() }
const checksByColumn = new Map<string, Check>()
const storeNames = new Names()

/**
 * One selection with a finished text: as nodes, every query would carry the columns through each plugin and the
 * compiler, and as columns of its own each would be read and compared alone. Both cost more than the check.
 */
function checkOf(dialect: Dialect, sources: readonly Source[]): Check {
  let name = ''
  for (const { table, alias } of sources) name += table === alias ? `${table} ` : `${table}=${alias} `
  const present = checks[dialect].get(name)
  if (present) return present
  const columns = sources.flatMap(({ table, alias }) => {
    const inStore = ACCOUNT_TABLES.includes(table) ? (own: string): string => own : storeNames.inStore
    return ['seal', ...SEALED_TABLES[table]].map((column) => `"${inStore(alias)}"."${inStore(column)}"`)
  })
  const list = [String(checksByColumn.size), ...columns].join(', ')
  const text = dialect === 'postgres' ? `json_build_array(${list})::text` : `json_array(${list})`
  const column = `seals$${checksByColumn.size}`
  const selection = SelectionNode.create(AliasNode.create(RawNode.createWithSql(text), IdentifierNode.create(column)))
  const check = { column, tables: sources.map(({ table }) => table), selection }
  checks[dialect].set(name, check)
  checksByColumn.set(column, check)
  return check
}

const isAggregate = (node: OperationNode): boolean =>
  AliasNode.is(node) ? isAggregate(node.node) : AggregateFunctionNode.is(node)
