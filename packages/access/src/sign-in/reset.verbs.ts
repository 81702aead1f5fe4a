/** Verbs for links that set a new password, with what each requires. */
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { defineAuthVerb } from '../policy/auth-verb.ts'
import { RUNS_INSTANCE } from '../policy/requirement.ts'
import { makeResetLink, makeSignInLink } from './reset.ts'

export const resetVerbs = {
  link: defineAuthVerb({
    input: z.object({ userId: schemas.id }),
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, input, { auth }) => makeResetLink(ctx, auth, actor, input),
  }),
  /** On the command line of the operator. `email` in lower case. */
  signIn: defineAuthVerb({
    input: z.object({ email: z.string() }),
    requires: () => RUNS_INSTANCE,
    run: (ctx, actor, input, { auth }) => makeSignInLink(ctx, auth, actor, input),
  }),
}
