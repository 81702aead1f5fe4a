/** Who may say that a second factor is required. */
import { RUNS_INSTANCE } from '@keyferry/core/access/requirement'
import { defineVerb } from '@keyferry/core/access/verb'
import { signInPolicy } from '@keyferry/schemas'
import { getSignInPolicy, updateSignInPolicy } from './second-factor-policy.ts'

export const signInPolicyVerbs = {
  get: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx) => getSignInPolicy(ctx) }),
  update: defineVerb({ input: signInPolicy.required(), requires: () => RUNS_INSTANCE, run: updateSignInPolicy }),
}
