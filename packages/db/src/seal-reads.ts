/** The reading side of seals: what a query selects beside its own columns, and the check of the rows that come. */
import {
  AggregateFunctionNode,
  AliasNode,
  CamelCasePlugin,
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
import { columnOf, tableOf } from './seal-nodes.ts'
import { ACCOUNT_TABLES, SEALED_TABLES, type SealedTable } from './sealed-tables.ts'
import { isSealOf, KeyRotated, rowName, type Sealer } from './sealer.ts'

/** A sealed table of a query, and what its columns are called in the answer. */
export interface Source {
  table: SealedTable
  /** In the order of the sealed columns. */
  names: readonly string[]
  seal: string
  selection: SelectionNode
}

/** Before every name that is selected for the check; a plugin for names leaves it as it is. */
const PREFIX = 'seal$'

/** A query that also selects what is checked of its sealed tables. Aggregates have no rows to check. */
export function checkedSelect(node: SelectQueryNode): { query: SelectQueryNode; sources: readonly Source[] } {
  if (node.groupBy || node.setOperations || (node.selections ?? []).some(({ selection }) => isAggregate(selection)))
    return { query: node, sources: [] }
  const sources: Source[] = []
  const froms = node.from?.froms.map((from) => checkedFrom(from, sources))
  const joins = node.joins?.map((join) => {
    const table = checkedFrom(join.table, sources)
    return table === join.table ? join : { ...join, table }
  })
  if (sources.length === 0) return { query: node, sources }
  const query = {
    ...node,
    ...(node.from && froms ? { from: { ...node.from, froms } } : {}),
    ...(joins ? { joins } : {}),
    selections: [...(node.selections ?? []), ...sources.map(({ selection }) => selection)],
  }
  return { query, sources }
}

/** Adds to `sources` what is sealed there: a table, or a query of one in parentheses, which then has to show what is checked. */
function checkedFrom(node: OperationNode, sources: Source[]): OperationNode {
  const inner = AliasNode.is(node) ? node.node : node
  const table = tableOf(inner)
  if (table) {
    const alias = AliasNode.is(node) && IdentifierNode.is(node.alias) ? node.alias.name : table
    sources.push(sourceOf(table, alias, sources.length))
    return node
  }
  if (!AliasNode.is(node) || !SelectQueryNode.is(inner) || !IdentifierNode.is(node.alias)) return node
  const [from, ...others] = inner.from?.froms ?? []
  const below = from && tableOf(from)
  if (!below || others.length > 0 || inner.joins || inner.groupBy) return node
  sources.push(sourceOf(below, node.alias.name, sources.length))
  const shown = inner.selections ?? []
  if (shown.some(({ selection }) => SelectAllNode.is(selection))) return node
  const names = new Set(shown.map(({ selection }) => columnOf(selection)))
  const missing = [...SEALED_TABLES[below], 'seal'].filter((column) => !names.has(column))
  const selections = missing.map((column) => SelectionNode.create(ReferenceNode.create(ColumnNode.create(column))))
  const showing: SelectQueryNode = { ...inner, selections: [...shown, ...selections] }
  return AliasNode.create(showing, node.alias)
}

/** The same for what a change returns. */
export function checkedReturning<N extends DeleteQueryNode | UpdateQueryNode>(
  node: N,
  changed: OperationNode | undefined,
): { query: N; sources: readonly Source[] } {
  const table = changed && tableOf(changed)
  if (!table) return { query: node, sources: [] }
  const query = node.where ? { ...node, where: withoutChecks.transformNode(node.where) } : node
  if (!query.returning) return { query, sources: [] }
  const source = sourceOf(table, table, 0)
  const selections = [...query.returning.selections, source.selection]
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
  AliasNode.is(node) && IdentifierNode.is(node.alias) && node.alias.name.startsWith(PREFIX)

/** By table, alias and place in the query: there are only as many as the code has queries. */
const remembered = new Map<string, Source>()

/**
 * `alias`: the table's name in the query. The selection is a finished text: as nodes, every query would carry its columns through each plugin and the
 * compiler, which cost more than the check.
 */
function sourceOf(table: SealedTable, alias: string, place: number): Source {
  const key = `${place} ${table} ${alias}`
  const known = remembered.get(key)
  if (known) return known
  const column = ACCOUNT_TABLES.includes(table) ? (name: string): string => name : columnNames.of
  const columns: readonly string[] = SEALED_TABLES[table]
  const names = columns.map((_, at) => `${PREFIX}${place}$${at}`)
  const seal = `${PREFIX}${place}`
  const text = columns.map((name, at) => `"${column(alias)}"."${column(name)}" as "${names[at]}"`)
  const node = RawNode.createWithSql([...text, `"${column(alias)}"."seal"`].join(', '))
  const selection = SelectionNode.create(AliasNode.create(node, IdentifierNode.create(seal)))
  const source = { table, names, seal, selection }
  remembered.set(key, source)
  return source
}

/** Names as the store has them. */
class ColumnNames extends CamelCasePlugin {
  readonly of = (name: string): string => this.snakeCase(name)
}
const columnNames = new ColumnNames()

/** The rows whose seals are right, without what was selected for the check. */
export function checkedRows(sealer: Sealer, sources: readonly Source[], rows: readonly UnknownRow[]): UnknownRow[] {
  const [first] = rows
  if (!first) return []
  const shown = Object.keys(first).filter((name) => name !== 'seal' && !name.startsWith(PREFIX))
  return rows.flatMap((row) => {
    if (!sources.every((source) => check(sealer, source, row))) return []
    const checked: UnknownRow = {}
    for (const name of shown) checked[name] = row[name]
    return [checked]
  })
}

function check(sealer: Sealer, { table, names, seal }: Source, row: UnknownRow): boolean {
  const id = row[names[0] ?? '']
  // The empty side of an outer join.
  if (id === null && row[seal] === null) return true
  if (isSealOf(sealer, table, row, names, row[seal]) && !sealer.hasEnded(String(row[seal]))) {
    if (ACCOUNT_TABLES.includes(table)) sealer.latest.set(rowName(table, id), String(row[seal]))
    return true
  }
  if (typeof row[seal] === 'string' && sealer.isNewer(row[seal])) {
    // Not waited for: this may be inside the transaction that has the store to itself.
    void sealer.refresh().catch(() => undefined)
    throw new KeyRotated()
  }
  sealer.refused(table, String(id))
  return false
}

const isAggregate = (node: OperationNode): boolean =>
  AliasNode.is(node) ? isAggregate(node.node) : AggregateFunctionNode.is(node)
