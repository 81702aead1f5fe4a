import { batchLoader, inList, keptQuery, listTable, lockRows, type Db, type Slot, type Tables } from '@keyferry/db'
import type { Actor, Tx } from '@keyferry/kernel'
import { EVERYTHING, type Access } from '@keyferry/schemas/policy'
import { expressionBuilder } from 'kysely'
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
  const principal = await principalOf(db, id)
  const owner = kind === 'user' ? null : principal.owner
  if (kind === 'identity' && owner === null && !principal.isIdentity) return NOTHING
  const own = await accessOf(db, { id, isInstanceAdmin: principal.isInstanceAdmin })
  return owner === null ? own : { ...own, cappedBy: await accessOf(db, owner) }
}

const accessOf = (db: Db | Tx, { id, isInstanceAdmin }: { id: string; isInstanceAdmin: boolean }) =>
  isInstanceAdmin ? Promise.resolve(EVERYTHING) : readGrants(db, id)

/**
 * As `readAccess`, held until the transaction ends: taking these rights away waits for it, and rights that were taken
 * away before are gone.
 */
export async function holdAccess(tx: Tx, principal: Principal): Promise<Access> {
  if (principal.kind !== 'system')
    await lockRows(tx, async () => {
      await heldAdmins(tx, principal)
      await heldMemberships(tx, principal)
    })
  return readAccess(tx, principal)
}

interface Id {
  id: string
}
/** The id and, of an API key, that of its owner. */
const withOwner = (slot: Slot<Id>) => [
  slot('id'),
  expressionBuilder<Tables>().selectFrom('apiKeys').where('id', '=', slot('id')).select('ownerId'),
]
const heldAdmins = keptQuery((db, slot: Slot<Id>) =>
  db.selectFrom('instanceAdmins').where('principalId', 'in', withOwner(slot)).select('principalId').forShare(),
)
const heldMemberships = keptQuery((db, slot: Slot<Id>) =>
  db.selectFrom('memberships').where('principalId', 'in', withOwner(slot)).select('id').forShare(),
)

async function readGrants(db: Db | Tx, principalId: string): Promise<Access> {
  const rows = await memberships(db, principalId)
  const grants = await grantsOf(db, rows)
  return {
    instanceAdmin: false,
    grants: new Map(grants.map((grant, index) => [rows[index]?.projectId ?? '', grant])),
  }
}

interface KnownPrincipal {
  /** Of an API key; null: no API key. */
  owner: { id: string; isInstanceAdmin: boolean } | null
  isIdentity: boolean
  isInstanceAdmin: boolean
}

type Ids = { ids: readonly string[] }

const principals = keptQuery((db, slot: Slot<Ids>) =>
  db
    .selectFrom(listTable(db, slot('ids')).as('asked'))
    .leftJoin('apiKeys', 'apiKeys.id', 'asked.entry')
    .leftJoin('identities', 'identities.id', 'asked.entry')
    .leftJoin('instanceAdmins', 'instanceAdmins.principalId', 'asked.entry')
    .leftJoin('instanceAdmins as ownerAdmins', 'ownerAdmins.principalId', 'apiKeys.ownerId')
    .select(['asked.entry as id', 'apiKeys.ownerId', 'ownerAdmins.principalId as ownerAdminId'])
    .select(['identities.id as identityId', 'instanceAdmins.principalId as adminId']),
)

/** In one statement. A row of it that is not as it was written leaves the principal with nothing. */
const principalOf = batchLoader(async (db: Db | Tx, ids: readonly string[]) => {
  const known = new Map(
    (await principals(db, { ids })).map(
      ({ id, ownerId, ownerAdminId, identityId, adminId }): [string, KnownPrincipal] => [
        id,
        {
          owner: ownerId === null ? null : { id: ownerId, isInstanceAdmin: ownerAdminId !== null },
          isIdentity: identityId !== null,
          isInstanceAdmin: adminId !== null,
        },
      ],
    ),
  )
  return (id) => known.get(id) ?? { owner: null, isIdentity: false, isInstanceAdmin: false }
})

/** Whether a person or a machine has every right of the instance. */
export const isInstanceAdmin = async (db: Db | Tx, principalId: string): Promise<boolean> =>
  (await principalOf(db, principalId)).isInstanceAdmin

const membershipsOf = keptQuery((db, slot: Slot<Ids>) =>
  db
    .selectFrom('memberships')
    .where((eb) => inList(db, eb.ref('principalId'), slot('ids')))
    .select(['principalId', 'projectId', 'role', 'scopes']),
)

const memberships = batchLoader(async (db: Db | Tx, ids: readonly string[]) => {
  const byPrincipal = Map.groupBy(await membershipsOf(db, { ids }), (row) => row.principalId)
  return (principalId) => byPrincipal.get(principalId) ?? []
})
