import { memberVerbs } from '@keyferry/access/verbs'
import { invitation, invited, member } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Members'
const INVITATIONS_PER_MINUTE = 30

/** The same route below projects and below their older name. */
const both = (method: Route['method'], path: string, envelope?: string): Route[] =>
  ['/api/v1/projects/:projectId', '/api/v2/workspace/:projectId'].map((base) => ({
    method,
    path: `${base}${path}`,
    ...(envelope === undefined ? {} : { envelope }),
    ...(method === 'DELETE' ? { input: 'query' as const } : {}),
  }))

export const members = router({
  list: query(memberVerbs.list, {
    tag,
    summary: 'The people and machines of a project',
    routes: both('GET', '/memberships', 'memberships'),
    output: z.array(member),
  }),

  invite: mutation(memberVerbs.invite, {
    tag,
    summary: 'Makes someone a member, or, without an account yet, invites them',
    // The answer reveals whether an address has an account.
    perMinute: INVITATIONS_PER_MINUTE,
    routes: both('POST', '/invitations'),
    output: invited,
  }),

  inviteMany: mutation(memberVerbs.inviteMany, {
    tag,
    summary: 'Makes several people members, or invites them',
    perMinute: INVITATIONS_PER_MINUTE,
    routes: both('POST', '/memberships'),
    output: z.object({
      memberships: z.array(member),
      invitations: z.array(z.object({ email: z.string(), link: z.string().nullable(), mailed: z.boolean() })),
    }),
  }),

  invitations: query(memberVerbs.invitations, {
    tag,
    summary: 'Who is invited',
    routes: both('GET', '/invitations', 'invitations'),
    output: z.array(invitation),
  }),

  revokeInvitation: mutation(memberVerbs.revokeInvitation, {
    tag,
    summary: 'Takes an invitation back',
    routes: both('DELETE', '/invitations/:invitationId', 'invitation'),
    output: invitation,
  }),

  update: mutation(memberVerbs.update, {
    tag,
    summary: 'Changes a role, or the environments and paths it is narrowed to',
    routes: both('PATCH', '/memberships/:memberId', 'membership'),
    output: member,
  }),

  remove: mutation(memberVerbs.remove, {
    tag,
    summary: 'Removes a member',
    routes: both('DELETE', '/memberships/:memberId', 'membership'),
    output: member,
  }),

  identities: query(memberVerbs.identities, {
    tag,
    summary: 'The machines of a project',
    routes: both('GET', '/identity-memberships', 'identityMemberships'),
    output: z.array(member),
  }),

  addIdentity: mutation(memberVerbs.addIdentity, {
    tag,
    summary: 'Makes a machine a member',
    routes: both('POST', '/identity-memberships/:identityId', 'identityMembership'),
    output: member,
  }),

  updateIdentity: mutation(memberVerbs.updateIdentity, {
    tag,
    summary: 'Changes the role of a machine',
    routes: both('PATCH', '/identity-memberships/:identityId', 'identityMembership'),
    output: member,
  }),

  removeIdentity: mutation(memberVerbs.removeIdentity, {
    tag,
    summary: 'Removes a machine from a project',
    routes: both('DELETE', '/identity-memberships/:identityId', 'identityMembership'),
    output: member,
  }),
})
