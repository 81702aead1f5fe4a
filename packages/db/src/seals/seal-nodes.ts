/** What the plugin for seals reads from the nodes of a query. */
import { AliasNode, ColumnNode, ReferenceNode, TableNode, type OperationNode } from 'kysely'
import { isSealedTable, type SealedTable } from './sealed-tables.ts'

/** The sealed table that a node names, under an alias too; null for any other. */
export function tableOf(node: OperationNode): SealedTable | null {
  if (AliasNode.is(node)) return tableOf(node.node)
  if (!TableNode.is(node)) return null
  const { name } = node.table.identifier
  return isSealedTable(name) ? name : null
}

/** The column that a node names, under an alias too. */
export function columnOf(node: OperationNode): string | null {
  if (AliasNode.is(node)) return columnOf(node.node)
  const column = ReferenceNode.is(node) ? node.column : node
  return ColumnNode.is(column) ? column.column.name : null
}
