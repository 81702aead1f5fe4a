import {
  acceptInvitation as accept,
  invitePerson as invite,
  listInvitations,
  openInvitation as open,
  revokeInvitation,
} from '@keyferry/auth/people/invitations'
import { endSecondFactor, listPeople, removePerson, updatePerson } from '@keyferry/auth/people/people'
import { makeResetLink } from '@keyferry/auth/people/reset'
import {
  acceptInvitation,
  id,
  invitation,
  invited,
  invitePerson,
  offer,
  openInvitation,
  person,
  timestamp,
} from '@keyferry/schemas'
import { z } from 'zod'
import { anyone, call, may, router } from '../trpc/procedures.ts'

const tag = 'People'
const one = z.object({ userId: id })

export const people = router({
  list: may('instance.manage')
    .meta({
      tag,
      summary: 'Everybody who has an account',
      routes: [{ method: 'GET', path: '/api/v1/people', envelope: 'people' }],
    })
    .output(z.array(person))
    .query(({ ctx }) => listPeople(ctx.ctx, ctx.actor)),

  invite: may('instance.manage')
    .meta({
      tag,
      summary: 'Invites someone to the instance',
      routes: [{ method: 'POST', path: '/api/v1/people/invitations' }],
    })
    .input(invitePerson)
    .output(invited)
    .mutation(({ ctx, input }) => invite(ctx.ctx, ctx.auth, ctx.actor, input)),

  invitations: may('instance.manage')
    .meta({
      tag,
      summary: 'Who is invited to the instance',
      routes: [{ method: 'GET', path: '/api/v1/people/invitations', envelope: 'invitations' }],
    })
    .output(z.array(invitation))
    .query(({ ctx }) => listInvitations(ctx.ctx, ctx.actor, { projectId: null })),

  revokeInvitation: may('instance.manage')
    .meta({
      tag,
      summary: 'Takes an invitation to the instance back',
      routes: [
        { method: 'DELETE', path: '/api/v1/people/invitations/:invitationId', envelope: 'invitation', input: 'query' },
      ],
    })
    .input(z.object({ invitationId: id }))
    .output(invitation)
    .mutation(({ ctx, input }) => revokeInvitation(ctx.ctx, ctx.actor, { ...input, projectId: null })),

  // A mutation, so that the token goes into no address.
  openInvitation: anyone
    .meta({
      tag,
      summary: 'What an invitation is for',
      perMinute: 30,
      routes: [{ method: 'POST', path: '/api/v1/people/invitations/open' }],
    })
    .input(openInvitation)
    .output(offer)
    .mutation(({ ctx, input }) => open(ctx.ctx, input)),

  accept: anyone
    .meta({
      tag,
      summary: 'Makes the account that an invitation is for, or, signed in, takes it up',
      perMinute: 10,
      routes: [{ method: 'POST', path: '/api/v1/people/invitations/accept' }],
    })
    .input(acceptInvitation)
    .output(z.object({ email: z.string() }))
    .mutation(({ ctx, input }) => accept(ctx.ctx, ctx.auth, ctx.actor, input)),

  update: may('instance.manage')
    .meta({
      tag,
      summary: 'Makes someone an instance admin, or no longer one',
      routes: [{ method: 'PATCH', path: '/api/v1/people/:userId', envelope: 'person' }],
    })
    .input(one.extend({ instanceAdmin: z.boolean() }))
    .output(person)
    .mutation(call(updatePerson)),

  remove: may('instance.manage')
    .meta({
      tag,
      summary: 'Removes an account with its memberships, sessions and API keys',
      routes: [{ method: 'DELETE', path: '/api/v1/people/:userId', envelope: 'person', input: 'query' }],
    })
    .input(one)
    .output(person)
    .mutation(({ ctx, input }) => removePerson(ctx.ctx, ctx.actor, input)),

  endSecondFactor: may('instance.manage')
    .meta({
      tag,
      summary: 'Switches off the second factor of someone who lost it',
      routes: [{ method: 'DELETE', path: '/api/v1/people/:userId/second-factor', envelope: 'person', input: 'query' }],
    })
    .input(one)
    .output(person)
    .mutation(call(endSecondFactor)),

  resetLink: may('instance.manage')
    .meta({
      tag,
      summary: 'A link that sets the password of someone who forgot it',
      routes: [{ method: 'POST', path: '/api/v1/people/:userId/reset-link' }],
    })
    .input(one)
    .output(z.object({ link: z.string(), expiresAt: timestamp }))
    .mutation(({ ctx, input }) => makeResetLink(ctx.ctx, ctx.auth, ctx.actor, input)),
})
