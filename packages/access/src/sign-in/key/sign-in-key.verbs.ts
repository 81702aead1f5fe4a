/** Who can change the key that sign-in derives its own from. */
import { RUNS_INSTANCE } from '../../policy/requirement.ts'
import { defineVerb } from '../../policy/verb.ts'
import { rotateSignInKey } from './rotate-sign-in-key.ts'

export const signInKeyVerbs = {
  rotate: defineVerb({ input: null, requires: () => RUNS_INSTANCE, run: (ctx, actor) => rotateSignInKey(ctx, actor) }),
}
