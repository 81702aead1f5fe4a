/** Verbs for people's accounts, with what each requires. */
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { defineAuthVerb } from '../policy/auth-verb.ts'
import { RUNS_INSTANCE } from '../policy/requirement.ts'
import { defineVerb } from '../policy/verb.ts'
import { invitePerson, listInvitations, revokeInvitation } from './invitations.ts'
import {
  endPersonSessions,
  endSecondFactor,
  listPeople,
  listPersonClientSecrets,
  listPersonSessions,
  removePerson,
  updatePerson,
} from './people.ts'

const onePerson = z.object({ userId: schemas.id })

export const peopleVerbs = {
  list: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: listPeople }),

  invite: defineAuthVerb({
    input: schemas.invitePerson,
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, input, { auth }) => invitePerson(ctx, auth, actor, input),
  }),

  invitations: defineVerb({
    input: null,
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor) => listInvitations(ctx, actor, { projectId: null }),
  }),

  revokeInvitation: defineVerb({
    input: z.object({ invitationId: schemas.id }),
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, input) => revokeInvitation(ctx, actor, { ...input, projectId: null }),
    ends: ({ invitationId: id }) => ({ table: 'invitations', values: { id, projectId: null } }),
  }),

  update: defineVerb({
    input: onePerson.extend({ instanceAdmin: z.boolean() }),
    requires: () => RUNS_INSTANCE,
    run: updatePerson,
  }),

  remove: defineVerb({ input: schemas.removePerson, requires: () => RUNS_INSTANCE, run: removePerson }),
  clientSecrets: defineVerb({ input: onePerson, requires: () => RUNS_INSTANCE, run: listPersonClientSecrets }),
  endSecondFactor: defineVerb({ input: onePerson, requires: () => RUNS_INSTANCE, run: endSecondFactor }),

  sessions: defineAuthVerb({
    input: onePerson,
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, input, { auth }) => listPersonSessions(ctx, auth, actor, input),
  }),
  endSessions: defineVerb({ input: onePerson, requires: () => RUNS_INSTANCE, run: endPersonSessions }),
}
