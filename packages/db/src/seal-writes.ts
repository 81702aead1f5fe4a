/** The writing side of seals. */
import {
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  ColumnUpdateNode,
  OperatorNode,
  ParensNode,
  PrimitiveValueListNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  type InsertQueryNode,
  type OperationNode,
  type UpdateQueryNode,
} from 'kysely'
import { columnOf, tableOf } from './seal-nodes.ts'
import { SEALED_TABLES, type SealedTable } from './sealed-tables.ts'
import { contentOf, type Sealer } from './sealer.ts'

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
    columns: [...kept(node.columns ?? []), ColumnNode.create('seal')],
    values: ValuesNode.create(values),
  }
}

/** An update that writes the new seal of the one row that it changes. Throws when it names only some of the sealed columns, or not that row. */
export function sealedUpdate(sealer: Sealer, node: UpdateQueryNode): UpdateQueryNode {
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
