/** Who belongs to a project: people and machines, each with a role. */
import { randomUUID } from 'node:crypto'
import { amend, endRowsBefore, type MembershipTable, type Selectable } from '@keyferry/db'
import {
  audit,
  BadRequest,
  findProject,
  NotFound,
  refuseStale,
  timestamp,
  transactChecked,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { Role, Scope } from '@keyferry/schemas'
import type { Grant } from '@keyferry/schemas/policy'
import type { z } from 'zod'
import { grantsOf, storeScopes } from '../grants/scopes.ts'
import { lockIdentity } from '../machines/identities.ts'
import { holdUser, usersOf } from './users.ts'

export type Member = z.output<typeof schemas.member>
type Row = Selectable<MembershipTable>

/** People, then machines, each by name. API keys are their owners' affair. */
export async function listMembers(ctx: Context, _actor: Actor, input: { projectId: string }): Promise<Member[]> {
  const rows = await ctx.db
    .selectFrom('memberships')
    .where('projectId', '=', input.projectId)
    .where('principalKind', '!=', 'key')
    .selectAll()
    .execute()
  const members = await describeMembers(ctx, rows)
  return members.sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'user' ? -1 : 1))
}

export interface Given {
  projectId: string
  role: Role
  scopes: readonly Scope[] | null
  /** Left out: somebody gives it. */
  source?: 'group'
}

/**
 * Inside the caller's transaction. Throws `NotFound` for a missing project or person, `BadRequest` for somebody who is
 * in already.
 */
export async function insertMembership(
  ctx: Context,
  tx: Tx,
  principal: { kind: Row['principalKind']; id: string; name: string },
  { projectId, role, scopes, source }: Given,
): Promise<Row> {
  await findProject(tx, projectId)
  if (principal.kind === 'user' && !(await holdUser(tx, principal.id)))
    throw new NotFound(`${principal.name} no longer has an account`)
  const at = timestamp(ctx)
  const row: Row = {
    id: randomUUID(),
    projectId,
    principalKind: principal.kind,
    principalId: principal.id,
    role,
    scopes: await storeScopes(tx, projectId, scopes),
    source: source ?? null,
    confirmedAt: source === 'group' ? at : null,
    createdAt: at,
    updatedAt: at,
  }
  // An earlier one that somebody took out of the database must not take its place.
  endRowsBefore(ctx.authority, 'memberships', { projectId, principalId: principal.id })
  const inserted = await tx
    .insertInto('memberships')
    .values(row)
    .onConflict((conflict) => conflict.columns(['projectId', 'principalId']).doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 0n) {
    throw alreadyMember(principal.name)
  }
  return row
}

/** The refusal of somebody who is a member. */
export const alreadyMember = (name: string): BadRequest =>
  new BadRequest(`${name} is a member of this project already; change the role instead`)

/** Throws like `insertMembership`, and `BadRequest` without a role: no role of Keyferry gives nothing. */
export async function addIdentity(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.identityMembership>,
): Promise<Member> {
  const { projectId, identityId, role, scopes = null } = input
  if (role === undefined) throw new BadRequest('Send a role: viewer, developer or admin. A member has one at any time.')
  const row = await transactChecked(ctx, async (tx) => {
    const { name } = await lockIdentity(tx, identityId)
    const row = await insertMembership(ctx, tx, { kind: 'identity', id: identityId, name }, { projectId, role, scopes })
    await audit(ctx, tx, actor, 'member.add', projectId, { identityId, name, role, scopes })
    return row
  })
  return onlyMember(await describeMembers(ctx, [row]))
}

/**
 * Rights that go take effect with the next request. Throws `NotFound`, and `Conflict` when the member was changed since
 * the caller read it.
 */
export async function updateMember(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateMember>,
): Promise<Member> {
  const { projectId, memberId } = input
  const afterCommit = await transactChecked(ctx, async (tx) => {
    const before = await lockMember(tx, projectId, memberId)
    refuseStale(input.ifUpdatedAt, before.updatedAt)
    const role = input.role ?? before.role
    const scopes = input.scopes === undefined ? before.scopes : await storeScopes(tx, projectId, input.scopes)
    // From now on it is somebody's decision, not a group's.
    await amend(tx, 'memberships', memberId, { role, scopes, source: null, confirmedAt: null })
    await tx
      .updateTable('memberships')
      .set({ updatedAt: timestamp(ctx) })
      .where('id', '=', memberId)
      .execute()
    await audit(ctx, tx, actor, 'member.update', projectId, { memberId, from: before.role, role, scopes: input.scopes })
    return ctx.hooks.onAccessLost(ctx, tx, projectId)
  })
  await afterCommit()
  return onlyMember(await describeMembers(ctx, [await findMember(ctx.db, projectId, memberId)]))
}

/** Syncs that they own stop. Throws `NotFound`. */
export async function removeMember(
  ctx: Context,
  actor: Actor,
  input: { projectId: string; memberId: string },
): Promise<Member> {
  const { projectId, memberId } = input
  const member = await findMember(ctx.db, projectId, memberId)
  const shown = onlyMember(await describeMembers(ctx, [member]))
  const afterCommit = await transactChecked(ctx, async (tx) => {
    const { numDeletedRows } = await tx.deleteFrom('memberships').where('id', '=', memberId).executeTakeFirst()
    if (numDeletedRows === 0n) throw noSuchMember(memberId)
    await audit(ctx, tx, actor, 'member.remove', projectId, { memberId, name: shown.name, role: shown.role })
    return ctx.hooks.onAccessLost(ctx, tx, projectId)
  })
  await afterCommit()
  return shown
}

/** The membership of an identity in a project, as Infisical addresses it. Throws `NotFound`. */
export async function memberOfIdentity(
  ctx: Context,
  { projectId, identityId }: { projectId: string; identityId: string },
): Promise<string> {
  const row = await ctx.db
    .selectFrom('memberships')
    .where('projectId', '=', projectId)
    .where('principalId', '=', identityId)
    .where('principalKind', '=', 'identity')
    .select('id')
    .executeTakeFirst()
  if (row) return row.id
  throw new NotFound(`Identity with ID ${identityId} is not a member of this project`)
}

async function findMember(db: Context['db'] | Tx, projectId: string, memberId: string): Promise<Row> {
  const row = await memberRow(db, projectId, memberId).executeTakeFirst()
  if (!row) throw noSuchMember(memberId)
  return row
}

/** The same, and nobody else changes it until the transaction ends. */
async function lockMember(tx: Tx, projectId: string, memberId: string): Promise<Row> {
  const row = await memberRow(tx, projectId, memberId).forNoKeyUpdate().executeTakeFirst()
  if (!row) throw noSuchMember(memberId)
  return row
}

const memberRow = (db: Context['db'] | Tx, projectId: string, memberId: string) =>
  db
    .selectFrom('memberships')
    .where('projectId', '=', projectId)
    .where('id', '=', memberId)
    .where('principalKind', '!=', 'key')
    .selectAll()

const noSuchMember = (memberId: string): NotFound =>
  new NotFound(`Member with ID ${memberId} not found in this project`)

/** What a role that is not stored allows. */
const NONE: Grant = { role: 'viewer', scopes: [] }

/** As the API answers them, in the order of `rows`. */
export async function describeMembers(ctx: Context, rows: readonly Row[]): Promise<Member[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.principalId)
  const users = new Map((await usersOf(ctx.db, ids)).map((user) => [user.id, user]))
  const identities = await ctx.db.selectFrom('identities').where('id', 'in', ids).select(['id', 'name']).execute()
  const names = new Map(identities.map(({ id, name }) => [id, name]))
  const grants = await grantsOf(ctx.db, rows)
  return rows.map((row, index) => {
    const { role, scopes } = grants[index] ?? NONE
    const user = users.get(row.principalId)
    return {
      id: row.id,
      projectId: row.projectId,
      kind: row.principalKind === 'user' ? 'user' : 'identity',
      principalId: row.principalId,
      name: user?.name ?? names.get(row.principalId) ?? 'unknown',
      email: user?.email ?? null,
      role,
      scopes: scopes === null ? null : [...scopes],
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    }
  })
}

function onlyMember(members: readonly Member[]): Member {
  const [member] = members
  if (!member) throw new Error('one row describes as one member')
  return member
}
