/** The reading side of seals: what a query selects beside its own columns, and the check of the rows that come. */
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
  type UnknownRow,
  type UpdateQueryNode,
} from 'kysely'
import { Names, renamed } from './names.ts'
import type { Dialect } from './open.ts'
import { columnOf, tableOf } from './seal-nodes.ts'
import { ACCOUNT_TABLES, SEALED_TABLES, type SealedTable } from './sealed-tables.ts'
import { KeyRotated, parseRow, rowName, sealIn, wholeRow, type Sealer } from './sealer.ts'

/**
 * A sealed table of a query, and the column of the answer that brings what is checked: a JSON list of the seal and the
 * sealed columns.
 */
interface Source {
  table: SealedTable
  name: string
  /** SQL that selects it, without its name. */
  text: string
  /** What it selects on the empty side of an outer join. */
  empty: string
}

/**
 * What a query has to select too, so that the rows of its sealed tables can be checked, and the query with subqueries
 * that show it. `check` is null where nothing is sealed. Aggregates have no rows to check.
 */
export function checkedSelect(
  node: SelectQueryNode,
  dialect: Dialect,
): { query: SelectQueryNode; check: SelectionNode | null } {
  const { from, joins, selections, groupBy, setOperations } = node
  const items = joins ? [...(from?.froms ?? []), ...joins.map(({ table }) => table)] : (from?.froms ?? [])
  const sources: Source[] = []
  for (const item of items) {
    const source = sourceOfItem(dialect, item)
    if (source) sources.push(source)
  }
  const [first, ...others] = sources
  if (!first || groupBy || setOperations || selections?.some(({ selection }) => isAggregate(selection)))
    return { query: node, check: null }
  const check = selectionOf([first, ...others])
  if (!items.some(tableOfSubquery)) return { query: node, check }
  const query = {
    ...node,
    ...(from ? { from: { ...from, froms: from.froms.map(showing) } } : {}),
    ...(joins ? { joins: joins.map((join) => ({ ...join, table: showing(join.table) })) } : {}),
  }
  return { query, check }
}

/** What is sealed of a table, or of a query of one in parentheses. */
function sourceOfItem(dialect: Dialect, node: OperationNode): Source | null {
  const table = tableOf(node) ?? tableOfSubquery(node)
  if (!table) return null
  return sourceOf(dialect, table, AliasNode.is(node) && IdentifierNode.is(node.alias) ? node.alias.name : table)
}

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
): N {
  const table = changed && tableOf(changed)
  if (!table) return node
  const query = node.where ? { ...node, where: withoutChecks.transformNode(node.where) } : node
  const check = selectionOf([sourceOf(dialect, table, table)])
  if (!query.returning) return query
  const selections = [...query.returning.selections, check]
  return { ...query, returning: { ...query.returning, selections } }
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

const isCheck = (node: OperationNode): boolean =>
  AliasNode.is(node) && IdentifierNode.is(node.alias) && sourcesByName.has(node.alias.name)

/**
 * By table and alias, and by name; selections by the names of theirs. There are only as many as the code has queries.
 */
const sources: Record<Dialect, Map<SealedTable, Map<string, Source>>> = { sqlite: new Map(), postgres: new Map() }
const sourcesByName = new Map<string, Source>()
const selections = new Map<string, SelectionNode>()

/**
 * What is checked of these, as one selection with a finished text: as nodes, every query would carry the columns
 * through each plugin and the compiler, which cost more than the check.
 */
function selectionOf(selected: readonly [Source, ...Source[]]): SelectionNode {
  const names = selected.reduce((names, { name }) => names + name, '')
  const known = selections.get(names)
  if (known) return known
  const [first, ...others] = selected
  const text = [...others.map(({ text, name }) => `${text} as "${name}"`), first.text].join(', ')
  const selection = SelectionNode.create(
    AliasNode.create(RawNode.createWithSql(text), IdentifierNode.create(first.name)),
  )
  selections.set(names, selection)
  return selection
}

/** `alias`: the table's name in the query. One text costs less to read and to compare than the columns do. */
function sourceOf(dialect: Dialect, table: SealedTable, alias: string): Source {
  const known = sources[dialect].get(table)?.get(alias)
  if (known) return known
  const column = ACCOUNT_TABLES.includes(table) ? (name: string): string => name : storeNames.inStore
  const columns = ['seal', ...SEALED_TABLES[table]].map((name) => `"${column(alias)}"."${column(name)}"`)
  const list = columns.join(', ')
  const text = dialect === 'postgres' ? `json_build_array(${list})::text` : `json_array(${list})`
  const empty = `[${columns.map(() => 'null').join(dialect === 'postgres' ? ', ' : ',')}]`
  const source = { table, name: `seal$${sourcesByName.size}`, text, empty }
  const aliases = sources[dialect].get(table) ?? new Map<string, Source>()
  sources[dialect].set(table, aliases.set(alias, source))
  sourcesByName.set(source.name, source)
  return source
}

const storeNames = new Names()

/**
 * The rows whose seals are right, without what was selected for the check, and with our names where there are `names`.
 * `start`: when the read began.
 */
export function checkedRows(sealer: Sealer, rows: UnknownRow[], names: Names | null, start: number): UnknownRow[] {
  const [first] = rows
  if (!first) return rows
  const sources: Source[] = []
  const shown: string[] = []
  for (const column of Object.keys(first)) {
    const source = sourcesByName.get(column)
    if (source) sources.push(source)
    else shown.push(column)
  }
  if (sources.length === 0) return names ? names.named(rows, shown) : rows
  const seal = shown.indexOf('seal')
  if (seal >= 0) shown.splice(seal, 1)
  const whole = rows.filter((row) => sources.every((source) => check(sealer, source, row, start)))
  return renamed(whole, shown, names ? shown.map(names.ours) : shown)
}

function check(sealer: Sealer, { table, name, empty }: Source, row: UnknownRow, start: number): boolean {
  const text = String(row[name])
  if (text === empty) return true
  const seal = sealIn(text)
  const whole = seal === null ? null : wholeRow(sealer, table, text, seal)
  if (seal !== null && whole && !sealer.hasEnded(seal, whole.groups, start)) {
    // One that has ended by now is not what a change would replace.
    if (ACCOUNT_TABLES.includes(table) && !sealer.hasEnded(seal, whole.groups))
      sealer.latest.set(rowName(table, parseRow(table, text)[0]), seal)
    return true
  }
  if (seal !== null && sealer.isNewer(seal)) {
    // Not waited for: this may be inside the transaction that has the store to itself.
    void sealer.refresh().catch(() => undefined)
    throw new KeyRotated()
  }
  sealer.refused(table, String(parseRow(table, text)[0]))
  return false
}

const isAggregate = (node: OperationNode): boolean =>
  AliasNode.is(node) ? isAggregate(node.node) : AggregateFunctionNode.is(node)
