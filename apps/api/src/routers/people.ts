import { acceptInvitation as accept, openInvitation as open } from '@keyferry/access/sign-in'
import { peopleVerbs, resetVerbs } from '@keyferry/access/verbs'
import {
  acceptInvitation,
  invitation,
  invited,
  madeClientSecret,
  offer,
  openInvitation,
  person,
  personSession,
  removedPerson,
  timestamp,
} from '@keyferry/schemas'
import { z } from 'zod'
import { anyone, mutation, query, router } from '../trpc/procedures.ts'

const tag = 'People'

export const people = router({
  list: query(peopleVerbs.list, {
    isCompressed: true,
    tag,
    summary: 'Everybody who has an account',
    routes: [{ method: 'GET', path: '/api/v1/people', envelope: 'people' }],
    output: z.array(person),
  }),

  invite: mutation(peopleVerbs.invite, {
    tag,
    summary: 'Invites someone to the instance',
    routes: [{ method: 'POST', path: '/api/v1/people/invitations' }],
    output: invited,
  }),

  invitations: query(peopleVerbs.invitations, {
    tag,
    summary: 'Who is invited to the instance',
    routes: [{ method: 'GET', path: '/api/v1/people/invitations', envelope: 'invitations' }],
    output: z.array(invitation),
  }),

  revokeInvitation: mutation(peopleVerbs.revokeInvitation, {
    tag,
    summary: 'Takes an invitation to the instance back',
    routes: [
      { method: 'DELETE', path: '/api/v1/people/invitations/:invitationId', envelope: 'invitation', input: 'query' },
    ],
    output: invitation,
  }),

  // A mutation, so that the token is in no URL.
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
    .mutation(({ ctx, input }) => accept(ctx.ctx, ctx.auth, ctx.actor, input, ctx.address)),

  update: mutation(peopleVerbs.update, {
    tag,
    summary: 'Makes someone an instance admin, or no longer one',
    routes: [{ method: 'PATCH', path: '/api/v1/people/:userId', envelope: 'person' }],
    output: person,
  }),

  remove: mutation(peopleVerbs.remove, {
    tag,
    summary: 'Removes an account with its memberships, sessions and API keys',
    routes: [{ method: 'DELETE', path: '/api/v1/people/:userId', envelope: 'person', input: 'query' }],
    output: removedPerson,
  }),

  clientSecrets: query(peopleVerbs.clientSecrets, {
    tag,
    summary: 'Client secrets of machines that a person made, which continue working without them',
    routes: [{ method: 'GET', path: '/api/v1/people/:userId/client-secrets', envelope: 'clientSecrets' }],
    output: z.array(madeClientSecret),
  }),

  endSecondFactor: mutation(peopleVerbs.endSecondFactor, {
    tag,
    summary: 'Switches off the second factor of someone who lost it',
    routes: [{ method: 'DELETE', path: '/api/v1/people/:userId/second-factor', envelope: 'person', input: 'query' }],
    output: person,
  }),

  sessions: query(peopleVerbs.sessions, {
    tag,
    summary: 'Where a person is signed in',
    routes: [{ method: 'GET', path: '/api/v1/people/:userId/sessions', envelope: 'sessions' }],
    output: z.array(personSession),
  }),

  endSessions: mutation(peopleVerbs.endSessions, {
    tag,
    summary: 'Signs a person out everywhere: sessions, trusted devices, links for a new password',
    routes: [{ method: 'DELETE', path: '/api/v1/people/:userId/sessions', envelope: 'person', input: 'query' }],
    output: person,
  }),

  resetLink: mutation(resetVerbs.link, {
    tag,
    summary: 'A link that sets the password of someone who forgot it, mailed to them when email is set up',
    routes: [{ method: 'POST', path: '/api/v1/people/:userId/reset-link' }],
    output: z.object({ link: z.string().nullable(), mailed: z.boolean(), expiresAt: timestamp }),
  }),
})
