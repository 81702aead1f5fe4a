/** Machines as members of projects, from both ends. */
import type { MembershipTable, Selectable } from '@keyferry/db'
import { NotFound, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { describeMembers } from './members.ts'
import { authMethodsOf, findIdentity } from '../machines/identities.ts'

type IdentityMember = z.output<typeof schemas.identityMember>
type Row = Selectable<MembershipTable>

const ofIdentities = (ctx: Context) =>
  ctx.db.selectFrom('memberships').where('principalKind', '=', 'identity').selectAll()

/** The machines of a project, by name. */
export async function listIdentityMembers(
  ctx: Context,
  _actor: Actor,
  { projectId }: { projectId: string },
): Promise<IdentityMember[]> {
  const members = await detailed(ctx, await ofIdentities(ctx).where('projectId', '=', projectId).execute())
  return members.sort((a, b) => a.name.localeCompare(b.name))
}

/** Throws `NotFound`. */
export async function getIdentityMember(
  ctx: Context,
  _actor: Actor,
  { projectId, identityId }: { projectId: string; identityId: string },
): Promise<IdentityMember> {
  const rows = await ofIdentities(ctx)
    .where('projectId', '=', projectId)
    .where('principalId', '=', identityId)
    .execute()
  return only(await detailed(ctx, rows), `Identity with ID ${identityId} is not a member of this project`)
}

/** Throws `NotFound`. */
export async function getIdentityMembership(
  ctx: Context,
  _actor: Actor,
  { membershipId }: { membershipId: string },
): Promise<IdentityMember> {
  const rows = await ofIdentities(ctx).where('id', '=', membershipId).execute()
  return only(await detailed(ctx, rows), `Membership with ID ${membershipId} not found`)
}

/** What a machine is a member of, by the name of the project. Throws `NotFound`. */
export async function listMembershipsOfIdentity(
  ctx: Context,
  _actor: Actor,
  { identityId }: { identityId: string },
): Promise<IdentityMember[]> {
  await findIdentity(ctx.db, identityId)
  const members = await detailed(ctx, await ofIdentities(ctx).where('principalId', '=', identityId).execute())
  return members.sort((a, b) => a.project.name.localeCompare(b.project.name))
}

async function detailed(ctx: Context, rows: readonly Row[]): Promise<IdentityMember[]> {
  if (rows.length === 0) return []
  const methods = await authMethodsOf(
    ctx.db,
    rows.map(({ principalId }) => principalId),
  )
  const projects = await ctx.db
    .selectFrom('projects')
    .where(
      'id',
      'in',
      rows.map(({ projectId }) => projectId),
    )
    .select(['id', 'name'])
    .execute()
  const names = new Map(projects.map(({ id, name }) => [id, name]))
  return (await describeMembers(ctx, rows)).map((member) => ({
    ...member,
    project: { id: member.projectId, name: names.get(member.projectId) ?? '' },
    authMethods: methods.get(member.principalId) ?? [],
  }))
}

function only<T>([found]: readonly T[], missing: string): T {
  if (found === undefined) throw new NotFound(missing)
  return found
}
