import { batchLoader, inList, lockRows, type Db } from '@keyferry/db'
import type { Actor, Tx } from '@keyferry/kernel'
import { EVERYTHING, type Access } from '@keyferry/schemas/policy'
import { grantsOf } from './scopes.ts'

/** The holder of grants: the part of an actor that stays. */
export type Principal = Pick<Actor, 'kind' | 'id'>

const NOTHING: Access = { instanceAdmin: false, grants: new Map() }

/**
 * What a principal may do at this moment: an API key never more than its owner, also one that may do everything. One
 * that is neither a key nor an identity may do nothing: without its row a key would have no cap.
 */
export async function readAccess(db: Db | Tx, { kind, id }: Principal): Promise<Access> {
  if (kind === 'system') return EVERYTHING
  const ownerId = kind === 'user' ? null : await ownerOfKey(db, id)
  if (kind === 'identity' && ownerId === null && !(await isIdentity(db, id))) return NOTHING
  const own = (await isInstanceAdmin(db, id)) ? EVERYTHING : await readGrants(db, id)
  return ownerId === null ? own : { ...own, cappedBy: await readAccess(db, { kind: 'user', id: ownerId }) }
}

/**
 * As `readAccess`, held until the transaction ends: taking these rights away waits for it, and rights that were taken
 * away before are gone.
 */
export async function holdAccess(tx: Tx, principal: Principal): Promise<Access> {
  if (principal.kind !== 'system')
    await lockRows(tx, async () => {
      const ownerId = principal.kind === 'user' ? null : await ownerOfKey(tx, principal.id)
      const ids = [principal.id, ...(ownerId === null ? [] : [ownerId])]
      await tx.selectFrom('instanceAdmins').where('principalId', 'in', ids).select('principalId').forShare().execute()
      await tx.selectFrom('memberships').where('principalId', 'in', ids).select('id').forShare().execute()
    })
  return readAccess(tx, principal)
}

async function readGrants(db: Db | Tx, principalId: string): Promise<Access> {
  const rows = await memberships(db, principalId)
  const grants = await grantsOf(db, rows)
  return {
    instanceAdmin: false,
    grants: new Map(grants.map((grant, index) => [rows[index]?.projectId ?? '', grant])),
  }
}

/** Null: no API key. */
const ownerOfKey = batchLoader(async (db: Db | Tx, ids: readonly string[]) => {
  const rows = await db
    .selectFrom('apiKeys')
    .where((eb) => inList(db, eb.ref('id'), ids))
    .select(['id', 'ownerId'])
    .execute()
  const owners = new Map(rows.map((row) => [row.id, row.ownerId]))
  return (id) => owners.get(id) ?? null
})

const isIdentity = batchLoader(async (db: Db | Tx, ids: readonly string[]) => {
  const rows = await db
    .selectFrom('identities')
    .where((eb) => inList(db, eb.ref('id'), ids))
    .select('id')
    .execute()
  const identities = new Set(rows.map((row) => row.id))
  return (id) => identities.has(id)
})

export const isInstanceAdmin = batchLoader(async (db: Db | Tx, principalIds: readonly string[]) => {
  const rows = await db
    .selectFrom('instanceAdmins')
    .where((eb) => inList(db, eb.ref('principalId'), principalIds))
    .select('principalId')
    .execute()
  const admins = new Set(rows.map((row) => row.principalId))
  return (principalId) => admins.has(principalId)
})

const memberships = batchLoader(async (db: Db | Tx, principalIds: readonly string[]) => {
  const rows = await db
    .selectFrom('memberships')
    .where((eb) => inList(db, eb.ref('principalId'), principalIds))
    .select(['principalId', 'projectId', 'role', 'scopes'])
    .execute()
  const byPrincipal = Map.groupBy(rows, (row) => row.principalId)
  return (principalId) => byPrincipal.get(principalId) ?? []
})
