/** The writing side of seals. */
import {
  AliasNode,
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  ColumnUpdateNode,
  IdentifierNode,
  OperatorNode,
  ParensNode,
  PrimitiveValueListNode,
  QueryNode,
  ReferenceNode,
  ReturningNode,
  SelectionNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  type DeleteQueryNode,
  type InsertQueryNode,
  type OperationNode,
  type QueryResult,
  type UnknownRow,
  type UpdateQueryNode,
} from 'kysely'
import { ENDS, ends, untilOf, type EndedRow } from './marks.ts'
import { groupEndedBy, type EndedGroup } from './row-groups.ts'
import { columnOf, tableOf } from './seal-nodes.ts'
import { REPORT_TABLES, SEALED_TABLES, type SealedTable } from './sealed-tables.ts'
import { contentOf, plain, rowName, type Sealer } from './sealer.ts'

const SEAL = ColumnNode.create('seal')

/** An insert whose rows carry their seals. Throws when it does not name their values. */
export function sealedInsert(sealer: Sealer, node: InsertQueryNode): InsertQueryNode {
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
    columns: [...kept(node.columns ?? []), SEAL],
    values: ValuesNode.create(values),
  }
}

/**
 * An update that writes the new seal of the one row that it changes, and the row that ends by it. Throws when it names
 * only some of the sealed columns, or not that row. Only the row with the seal that it was read with is changed, so
 * that what ends is what was replaced.
 */
export function sealedUpdate(
  sealer: Sealer,
  node: UpdateQueryNode,
): { query: UpdateQueryNode; ended: EndedRow | null } {
  const table = node.table && tableOf(node.table)
  if (!table) return { query: node, ended: null }
  const updates = node.updates ?? []
  if (!updates.some(({ column }) => covers(table, columnOf(column)))) return { query: node, ended: null }
  const [idColumn, ...columns]: readonly string[] = SEALED_TABLES[table]
  const id = node.where && comparedWith(idColumn ?? '', node.where.where)
  const named = node.where && comparedWith('seal', node.where.where)
  const replacedSeal = named ?? sealer.latest.get(rowName(table, id))
  if (id === undefined || typeof replacedSeal !== 'string') throw partial(table)
  const row: Record<string, unknown> = { [idColumn ?? '']: id }
  for (const column of columns) {
    const update = updates.find((update) => columnOf(update.column) === column)
    if (!update) throw partial(table)
    row[column] = valueOf(table, update.value)
  }
  const seal = ValueNode.create(sealer.seal(table, contentOf(table, row)))
  const query = { ...node, updates: [...updates, ColumnUpdateNode.create(SEAL, seal)] }
  const isReplaced = BinaryOperationNode.create(
    ReferenceNode.create(SEAL),
    OperatorNode.create('='),
    ValueNode.create(replacedSeal),
  )
  return {
    query: named === undefined ? QueryNode.cloneWithWhere(query, isReplaced) : query,
    ended: replaced(sealer, table, row, replacedSeal),
  }
}

/**
 * The row with this seal, which `row` replaces; null when nothing changes that matters. One that is no longer
 * remembered ends in any case.
 */
function replaced(
  sealer: Sealer,
  table: SealedTable,
  row: Readonly<Record<string, unknown>>,
  seal: string,
): EndedRow | null {
  const columns: readonly string[] = SEALED_TABLES[table]
  const before = sealer.verified.get(seal)
  if (!before) return { seal, until: null }
  const { values } = before
  const changed = columns.filter((column, at) => plain(values[at]) !== plain(row[column]))
  if (!ends(table, changed)) return null
  return { seal, until: untilOf(table, (column) => values[columns.indexOf(column)]) }
}

/** A delete that also returns the seals of its rows, and the group that it ends. */
export function sealedDelete(
  sealer: Sealer,
  node: DeleteQueryNode,
): { query: DeleteQueryNode; group: EndedGroup | null } {
  const [from] = node.from.froms
  const table = from && tableOf(from)
  if (!table || REPORT_TABLES.includes(table)) return { query: node, group: null }
  const until = ENDS[table]
  const shown = [['seal', ENDED_SEAL] as const, ...(until === undefined ? [] : [[until, ENDED_UNTIL] as const])]
  const selections = shown.map(([column, name]) =>
    SelectionNode.create(
      AliasNode.create(ReferenceNode.create(ColumnNode.create(column)), IdentifierNode.create(name)),
    ),
  )
  const returning = ReturningNode.create([...(node.returning?.selections ?? []), ...selections])
  const name = groupEndedBy(table, node)
  return { query: { ...node, returning }, group: name === null ? null : { name, at: sealer.endsAt() } }
}

const ENDED_SEAL = 'seal$ended'
const ENDED_UNTIL = 'seal$until'

/** What such a delete answers, without that, and the rows that ended. `returns`: the statement itself returns rows. */
export function deletedRows(
  result: QueryResult<UnknownRow>,
  { returns }: { returns: boolean },
): { result: QueryResult<UnknownRow>; ended: EndedRow[] } {
  const ended: EndedRow[] = []
  const rows = result.rows.map(({ [ENDED_SEAL]: seal, [ENDED_UNTIL]: until, ...row }) => {
    const time = plain(until)
    if (typeof seal === 'string') ended.push({ seal, until: time === null ? null : String(time) })
    return row
  })
  const numAffectedRows = BigInt(rows.length)
  return {
    // A statement that returns no rows is answered with their number.
    result: { ...result, numAffectedRows, rows: returns ? rows : [{ numDeletedRows: numAffectedRows }] },
    ended,
  }
}

const partial = (table: SealedTable): Error =>
  new Error(`rows of ${table} are sealed whole: insert their values, change them with amend`)

const covers = (table: SealedTable, column: string | null): boolean =>
  SEALED_TABLES[table].some((covered) => covered === column)

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
