/**
 * Rows that end together, such as the sessions of a person. A row that somebody takes out of the database while its
 * group is ended is not found, so no seal of it is marked as ended. The group is: its rows that were sealed before that
 * moment are worth nothing, put back or not.
 */
import {
  AndNode,
  BinaryOperationNode,
  OperatorNode,
  ParensNode,
  ValueNode,
  type DeleteQueryNode,
  type OperationNode,
} from 'kysely'
import { columnOf } from './seal-nodes.ts'
import type { SealedTable } from './sealed-tables.ts'

/**
 * By table, the columns whose values make a group; no columns: the whole table is one. All of them are sealed, and
 * text.
 */
const GROUPS: Partial<Record<SealedTable, readonly (readonly string[])[]>> = {
  session: [[], ['userId'], ['id']],
  verification: [[], ['value']],
  account: [['userId'], ['userId', 'providerId']],
  twoFactor: [['userId']],
  passkey: [['userId'], ['id']],
  accessTokens: [[], ['identityId'], ['clientSecretId']],
  clientSecrets: [['identityId'], ['id']],
  universalAuths: [['identityId']],
  federatedAuths: [['id']],
  identities: [['id']],
  memberships: [['principalId'], ['projectId', 'principalId'], ['id']],
  instanceAdmins: [['principalId']],
  invitations: [['email'], ['email', 'projectId'], ['id']],
  apiKeys: [['ownerId'], ['id']],
  connections: [['id']],
  syncs: [['id']],
  projects: [['id']],
  environments: [['id']],
  folders: [['id']],
  noticeTargets: [['id']],
}

/** Tables whose rows are ended by their ids, also those that are not in the database (end-missing.ts). */
export type EndedAlone =
  | 'apiKeys'
  | 'clientSecrets'
  | 'connections'
  | 'environments'
  | 'federatedAuths'
  | 'folders'
  | 'identities'
  | 'invitations'
  | 'memberships'
  | 'noticeTargets'
  | 'passkey'
  | 'projects'
  | 'session'
  | 'syncs'
  | 'universalAuths'

/** `at`: milliseconds since 1970. */
export interface EndedGroup {
  name: string
  at: number
}

const nameOf = (table: SealedTable, columns: readonly string[], valueOf: (column: string) => unknown): string =>
  JSON.stringify([table, ...columns.map((column) => [column, valueOf(column) ?? null])])

/** The names of the groups that a row is in. */
export const groupsOf = (table: SealedTable, valueOf: (column: string) => unknown): string[] =>
  (GROUPS[table] ?? []).map((columns) => nameOf(table, columns, valueOf))

/** The group of the rows with these values, of columns that make one. */
export function groupWith(table: SealedTable, values: Readonly<Record<string, unknown>>): string {
  const name = groupOf(table, new Map(Object.entries(values)))
  if (name === null) throw new Error(`these columns make no group of ${table}`)
  return name
}

function groupOf(table: SealedTable, equal: ReadonlyMap<string, unknown>): string | null {
  const columns = GROUPS[table]?.find((some) => some.length === equal.size && some.every((one) => equal.has(one)))
  return columns ? nameOf(table, columns, (column) => equal.get(column)) : null
}

/** The group that a delete ends; null when it ends single rows, or not all of them. */
export function groupEndedBy(table: SealedTable, { where }: DeleteQueryNode): string | null {
  const equal = where ? equalities(where.where) : new Map<string, unknown>()
  return equal && groupOf(table, equal)
}

/** What each column has to equal; null when the condition says anything else. */
function equalities(node: OperationNode): Map<string, unknown> | null {
  if (ParensNode.is(node)) return equalities(node.node)
  if (AndNode.is(node)) {
    const [left, right] = [equalities(node.left), equalities(node.right)]
    return left && right && new Map([...left, ...right])
  }
  const column = BinaryOperationNode.is(node) && columnOf(node.leftOperand)
  if (!column || !OperatorNode.is(node.operator)) return null
  const { operator } = node.operator
  if ((operator !== '=' && operator !== 'is') || !ValueNode.is(node.rightOperand)) return null
  return new Map([[column, node.rightOperand.value]])
}
