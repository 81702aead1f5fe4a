import { scope, type Role } from '@keyferry/schemas'
import { EVERYTHING, type Access, type Grant } from '@keyferry/schemas/policy'
import { isAmong, together, type Db } from '@keyferry/db'
import { z } from 'zod'
import type { Actor, Tx } from '../context.ts'

/** Whoever has grants: the part of an actor that stays. */
export type Principal = Pick<Actor, 'kind' | 'id'>

const stored = z.array(scope)

/** What a principal may do at this moment: an API key never more than its owner, also one that may do everything. */
export async function readAccess(db: Db | Tx, { kind, id }: Principal): Promise<Access> {
  if (kind === 'system') return EVERYTHING
  const own = (await isInstanceAdmin(db, id)) ? EVERYTHING : await readGrants(db, id)
  if (kind === 'user') return own
  const ownerId = await ownerOfKey(db, id)
  return ownerId === null ? own : { ...own, cappedBy: await readAccess(db, { kind: 'user', id: ownerId }) }
}

async function readGrants(db: Db | Tx, principalId: string): Promise<Access> {
  const rows = await memberships(db, principalId)
  return { instanceAdmin: false, grants: new Map(rows.map((row) => [row.projectId, grantOf(row)])) }
}

/** Null: no API key, but an identity. */
const ownerOfKey = together(async (db: Db | Tx, ids: readonly string[]) => {
  const rows = await db
    .selectFrom('apiKeys')
    .where((eb) => isAmong(db, eb.ref('id'), ids))
    .select(['id', 'ownerId'])
    .execute()
  const owners = new Map(rows.map((row) => [row.id, row.ownerId]))
  return (id) => owners.get(id) ?? null
})

export const isInstanceAdmin = together(async (db: Db | Tx, principalIds: readonly string[]) => {
  const rows = await db
    .selectFrom('instanceAdmins')
    .where((eb) => isAmong(db, eb.ref('principalId'), principalIds))
    .select('principalId')
    .execute()
  const admins = new Set(rows.map((row) => row.principalId))
  return (principalId) => admins.has(principalId)
})

const memberships = together(async (db: Db | Tx, principalIds: readonly string[]) => {
  const rows = await db
    .selectFrom('memberships')
    .where((eb) => isAmong(db, eb.ref('principalId'), principalIds))
    .select(['principalId', 'projectId', 'role', 'scopes'])
    .execute()
  const byPrincipal = Map.groupBy(rows, (row) => row.principalId)
  return (principalId) => byPrincipal.get(principalId) ?? []
})

/** A stored membership as the policy reads it. */
export function grantOf(row: { role: string; scopes: string | null }): Grant {
  return { role: roleOf(row.role), scopes: row.scopes === null ? null : stored.parse(JSON.parse(row.scopes)) }
}

/** A role that this version does not know may the least. */
const roleOf = (name: string): Role => (name === 'admin' || name === 'developer' ? name : 'viewer')
