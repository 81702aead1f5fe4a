import { memberVerbs } from '@keyferry/access/verbs'
import { identityMember, instanceAdmin, invitation, invited, member } from '@keyferry/schemas'
import { z } from 'zod'
import { memberRoutes } from '../infisical/members.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Members'
const INVITATIONS_PER_MINUTE = 30

export const members = router({
  list: query(memberVerbs.list, {
    isCompressed: true,
    tag,
    summary: 'The people and machines of a project',
    routes: memberRoutes.list,
    output: z.array(member),
  }),

  instanceAdmins: query(memberVerbs.instanceAdmins, {
    tag,
    summary: 'The instance admins, who reach every project without being members',
    routes: [{ method: 'GET', path: '/api/v1/projects/:projectId/instance-admins', envelope: 'instanceAdmins' }],
    output: z.array(instanceAdmin),
  }),

  invite: mutation(memberVerbs.invite, {
    tag,
    summary: 'Makes someone a member, or, without an account yet, invites them',
    // The answer reveals whether an address has an account.
    perMinute: INVITATIONS_PER_MINUTE,
    routes: memberRoutes.invite,
    output: invited,
  }),

  inviteMany: mutation(memberVerbs.inviteMany, {
    tag,
    summary: 'Makes several people members, or invites them',
    perMinute: INVITATIONS_PER_MINUTE,
    routes: memberRoutes.inviteMany,
    output: z.object({
      memberships: z.array(member),
      invitations: z.array(z.object({ email: z.string(), link: z.string().nullable(), mailed: z.boolean() })),
    }),
  }),

  invitations: query(memberVerbs.invitations, {
    tag,
    summary: 'Who is invited',
    routes: memberRoutes.invitations,
    output: z.array(invitation),
  }),

  revokeInvitation: mutation(memberVerbs.revokeInvitation, {
    tag,
    summary: 'Revokes an invitation',
    routes: memberRoutes.revokeInvitation,
    output: invitation,
  }),

  update: mutation(memberVerbs.update, {
    tag,
    summary: 'Changes a role, or the environments and paths it is limited to',
    routes: memberRoutes.update,
    output: member,
  }),

  remove: mutation(memberVerbs.remove, {
    tag,
    summary: 'Removes a member',
    routes: memberRoutes.remove,
    output: member,
  }),

  identities: query(memberVerbs.identities, {
    isCompressed: true,
    tag,
    summary: 'The machines of a project',
    routes: memberRoutes.identities,
    output: z.array(identityMember),
  }),

  identity: query(memberVerbs.identity, {
    tag,
    summary: 'One machine of a project',
    routes: memberRoutes.identity,
    output: identityMember,
  }),

  membership: query(memberVerbs.membership, {
    tag,
    summary: 'One machine of a project, by the ID of its membership',
    routes: memberRoutes.membership,
    output: identityMember,
  }),

  ofIdentity: query(memberVerbs.ofIdentity, {
    tag,
    summary: 'The projects of a machine',
    routes: memberRoutes.ofIdentity,
    output: z.array(identityMember),
  }),

  addIdentity: mutation(memberVerbs.addIdentity, {
    tag,
    summary: 'Makes a machine a member',
    routes: memberRoutes.addIdentity,
    output: member,
  }),

  updateIdentity: mutation(memberVerbs.updateIdentity, {
    tag,
    summary: 'Changes the role of a machine',
    routes: memberRoutes.updateIdentity,
    output: member,
  }),

  removeIdentity: mutation(memberVerbs.removeIdentity, {
    tag,
    summary: 'Removes a machine from a project',
    routes: memberRoutes.removeIdentity,
    output: member,
  }),
})
