import {
  addIdentity,
  listMembers,
  memberOfIdentity,
  removeMember,
  updateMember as update,
} from '@keyferry/auth/members'
import {
  inviteMember as invite,
  inviteMembers as inviteSeveral,
  listInvitations,
  revokeInvitation,
} from '@keyferry/auth/people/invitations'
import {
  id,
  identityMembership,
  invitation,
  invited,
  inviteMember,
  inviteMembers,
  member,
  updateMember,
} from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Members'
const byProject = z.object({ projectId: id })
const one = z.object({ projectId: id, memberId: id })
const oneIdentity = z.object({ projectId: id, identityId: id })

/** The same route below projects and below their older name. */
const both = (method: Route['method'], path: string, envelope?: string): Route[] =>
  ['/api/v1/projects/:projectId', '/api/v2/workspace/:projectId'].map((base) => ({
    method,
    path: `${base}${path}`,
    ...(envelope === undefined ? {} : { envelope }),
    ...(method === 'DELETE' ? { input: 'query' as const } : {}),
  }))

export const members = router({
  list: may('members.manage')
    .meta({ tag, summary: 'The people and machines of a project', routes: both('GET', '/memberships', 'memberships') })
    .input(byProject)
    .output(z.array(member))
    .query(call(listMembers)),

  invite: may('members.manage')
    .meta({
      tag,
      summary: 'Makes someone a member, or, without an account yet, invites them',
      routes: both('POST', '/invitations'),
    })
    .input(inviteMember)
    .output(invited)
    .mutation(({ ctx, input }) => invite(ctx.ctx, ctx.auth, ctx.actor, input)),

  inviteMany: may('members.manage')
    .meta({ tag, summary: 'Makes several people members, or invites them', routes: both('POST', '/memberships') })
    .input(inviteMembers)
    .output(
      z.object({
        memberships: z.array(member),
        invitations: z.array(z.object({ email: z.string(), link: z.string() })),
      }),
    )
    .mutation(({ ctx, input }) => inviteSeveral(ctx.ctx, ctx.auth, ctx.actor, input)),

  invitations: may('members.manage')
    .meta({ tag, summary: 'Who is invited', routes: both('GET', '/invitations', 'invitations') })
    .input(byProject)
    .output(z.array(invitation))
    .query(call(listInvitations)),

  revokeInvitation: may('members.manage')
    .meta({
      tag,
      summary: 'Takes an invitation back',
      routes: both('DELETE', '/invitations/:invitationId', 'invitation'),
    })
    .input(z.object({ projectId: id, invitationId: id }))
    .output(invitation)
    .mutation(call(revokeInvitation)),

  update: may('members.manage')
    .meta({
      tag,
      summary: 'Changes a role, or the environments and paths it is narrowed to',
      routes: both('PATCH', '/memberships/:memberId', 'membership'),
    })
    .input(updateMember)
    .output(member)
    .mutation(call(update)),

  remove: may('members.manage')
    .meta({ tag, summary: 'Removes a member', routes: both('DELETE', '/memberships/:memberId', 'membership') })
    .input(one)
    .output(member)
    .mutation(call(removeMember)),

  identities: may('members.manage')
    .meta({
      tag,
      summary: 'The machines of a project',
      routes: both('GET', '/identity-memberships', 'identityMemberships'),
    })
    .input(byProject)
    .output(z.array(member))
    .query(async ({ ctx, input }) =>
      (await listMembers(ctx.ctx, ctx.actor, input)).filter(({ kind }) => kind === 'identity'),
    ),

  addIdentity: may('members.manage')
    .meta({
      tag,
      summary: 'Makes a machine a member',
      routes: both('POST', '/identity-memberships/:identityId', 'identityMembership'),
    })
    .input(identityMembership)
    .output(member)
    .mutation(call(addIdentity)),

  updateIdentity: may('members.manage')
    .meta({
      tag,
      summary: 'Changes the role of a machine',
      routes: both('PATCH', '/identity-memberships/:identityId', 'identityMembership'),
    })
    .input(identityMembership)
    .output(member)
    .mutation(async ({ ctx, input }) =>
      update(ctx.ctx, ctx.actor, { ...input, memberId: await memberOfIdentity(ctx.ctx, input) }),
    ),

  removeIdentity: may('members.manage')
    .meta({
      tag,
      summary: 'Removes a machine from a project',
      routes: both('DELETE', '/identity-memberships/:identityId', 'identityMembership'),
    })
    .input(oneIdentity)
    .output(member)
    .mutation(async ({ ctx, input }) =>
      removeMember(ctx.ctx, ctx.actor, { ...input, memberId: await memberOfIdentity(ctx.ctx, input) }),
    ),
})
