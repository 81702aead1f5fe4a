/** Verbs for requiring a second factor, with what each requires. */
import { signInPolicy } from '@keyferry/schemas'
import { RUNS_INSTANCE } from '../../policy/requirement.ts'
import { defineVerb } from '../../policy/verb.ts'
import { getSignInPolicy, updateSignInPolicy } from './second-factor-policy.ts'

export const signInPolicyVerbs = {
  get: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx) => getSignInPolicy(ctx) }),
  update: defineVerb({ input: signInPolicy.required(), requires: () => RUNS_INSTANCE, run: updateSignInPolicy }),
}
