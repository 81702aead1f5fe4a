/** Members of a project, as Infisical's clients know them: each with a list of roles. */
import { BadRequest } from '@keyferry/kernel'
import { identityMember, identityMembership, member, updateMember, type Role } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { read, type WireOutput } from '../wire/wire.ts'

type Member = z.output<typeof member>
type IdentityMember = z.output<typeof identityMember>

const nothing = z.null()
const shownRole = z
  .object({
    id: member.shape.id,
    role: z.string(),
    projectMembershipId: member.shape.id,
    customRoleId: nothing,
    customRoleName: nothing,
    customRoleSlug: nothing,
    isTemporary: z.literal(false),
    temporaryMode: nothing,
    temporaryRange: nothing,
    temporaryAccessStartTime: nothing,
    temporaryAccessEndTime: nothing,
    createdAt: member.shape.createdAt,
    updatedAt: member.shape.updatedAt,
  })
  .meta({ id: 'MemberRole' })
/** One role, in the word that Infisical has for it. */
const rolesOf = ({ id, role, createdAt, updatedAt }: Member): z.output<typeof shownRole>[] => [
  {
    id,
    role: role === 'developer' ? 'member' : role,
    projectMembershipId: id,
    customRoleId: null,
    customRoleName: null,
    customRoleSlug: null,
    isTemporary: false,
    temporaryMode: null,
    temporaryRange: null,
    temporaryAccessStartTime: null,
    temporaryAccessEndTime: null,
    createdAt,
    updatedAt,
  },
]

const roles = z.array(shownRole)
const withRoles = member.extend({ roles }).meta({ id: 'MemberWithRoles' })
const ofIdentity = withRoles.extend({ identityId: z.string() }).meta({ id: 'IdentityMembership' })
const inDetail = ofIdentity
  .extend({
    identity: z.object({
      id: z.string(),
      name: z.string(),
      authMethods: z.array(z.string()),
      hasDeleteProtection: z.literal(false),
    }),
    project: identityMember.shape.project,
  })
  .meta({ id: 'IdentityMembershipInDetail' })

const write = (shown: Member): z.output<typeof withRoles> => ({ ...shown, roles: rolesOf(shown) })
const writeOfIdentity = (shown: Member): z.output<typeof ofIdentity> => ({
  ...write(shown),
  identityId: shown.principalId,
})
const writeInDetail = ({ authMethods, project, ...shown }: IdentityMember): z.output<typeof inDetail> => ({
  ...writeOfIdentity(shown),
  identity: { id: shown.principalId, name: shown.name, authMethods, hasDeleteProtection: false },
  project,
})

const memberOutput = { schema: withRoles, write }
const many: WireOutput<Member[]> = { schema: z.array(withRoles), write: (all) => all.map(write) }
const oneOfIdentity: WireOutput<Member> = { schema: ofIdentity, write: writeOfIdentity }
const changedRoles: WireOutput<Member> = {
  schema: z.object({ roles, identityMembership: ofIdentity }),
  write: (shown) => ({ roles: rolesOf(shown), identityMembership: writeOfIdentity(shown) }),
}
const oneInDetail: WireOutput<IdentityMember> = { schema: inDetail, write: writeInDetail }
const listInDetail: WireOutput<IdentityMember[]> = {
  schema: z.object({ identityMemberships: z.array(inDetail), totalCount: z.number().int() }),
  write: (all) => ({ identityMemberships: all.map(writeInDetail), totalCount: all.length }),
}

/** Temporary roles and several are Infisical's; what would not be granted as it was asked is refused. */
const sentRoles = z
  .array(
    z.object({
      role: identityMembership.shape.role.unwrap(),
      isTemporary: z
        .literal(false, 'Temporary roles are not available. Send false, and remove the role later.')
        .optional(),
    }),
  )
  .length(1, 'A member has exactly one role. Send a list of one.')
  .optional()

/** The one role that the list or the field names. Throws `BadRequest` when they differ. */
function withOneRole<Sent extends { role?: Role | undefined; roles?: z.output<typeof sentRoles> }>({
  roles: sent,
  ...rest
}: Sent) {
  const [named] = sent ?? []
  if (named && rest.role !== undefined && rest.role !== named.role)
    throw new BadRequest('The fields "role" and "roles" name different roles. Send one of them.')
  return { ...rest, role: rest.role ?? named?.role }
}
const toMachine = read(identityMembership.extend({ roles: sentRoles }), {}, withOneRole)
const toMember = read(updateMember.extend({ roles: sentRoles }), {}, withOneRole)

const BASES = ['/api/v1/projects/:projectId', '/api/v2/workspace/:projectId']
const MACHINES = [...BASES.map((base) => `${base}/identity-memberships`), `${BASES[0]}/memberships/identities`]
/** The same route at each of `bases`. */
const at = <Output>(bases: string[], path: string, route: Omit<Route<Output>, 'path'>): Route<Output>[] =>
  bases.map((base) => ({ ...(route.method === 'DELETE' ? { input: 'query' } : {}), ...route, path: `${base}${path}` }))

export const memberRoutes = {
  list: at(BASES, '/memberships', { method: 'GET', envelope: 'memberships', answers: many }),
  invite: at(BASES, '/invitations', { method: 'POST' }),
  inviteMany: at(BASES, '/memberships', { method: 'POST' }),
  invitations: at(BASES, '/invitations', { method: 'GET', envelope: 'invitations' }),
  revokeInvitation: at(BASES, '/invitations/:invitationId', { method: 'DELETE', envelope: 'invitation' }),
  update: at(BASES, '/memberships/:memberId', {
    method: 'PATCH',
    envelope: 'membership',
    reads: toMember,
    answers: memberOutput,
  }),
  remove: at(BASES, '/memberships/:memberId', { method: 'DELETE', envelope: 'membership', answers: memberOutput }),
  identities: at(MACHINES, '', { method: 'GET', answers: listInDetail }),
  identity: at(MACHINES, '/:identityId', { method: 'GET', envelope: 'identityMembership', answers: oneInDetail }),
  membership: [
    {
      method: 'GET',
      path: '/api/v2/workspace/identity-memberships/:membershipId',
      envelope: 'identityMembership',
      answers: oneInDetail,
    },
  ],
  ofIdentity: [{ method: 'GET', path: '/api/v1/identities/:identityId/identity-memberships', answers: listInDetail }],
  addIdentity: at(MACHINES, '/:identityId', {
    method: 'POST',
    envelope: 'identityMembership',
    reads: toMachine,
    answers: oneOfIdentity,
  }),
  updateIdentity: at(MACHINES, '/:identityId', { method: 'PATCH', reads: toMachine, answers: changedRoles }),
  removeIdentity: at(MACHINES, '/:identityId', {
    method: 'DELETE',
    envelope: 'identityMembership',
    answers: oneOfIdentity,
  }),
} satisfies Record<string, Route[]>
