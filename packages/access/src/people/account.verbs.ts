/** Verbs of a person's own account. */
import { setDisplayPreferences } from '@keyferry/schemas'
import { SIGNED_IN } from '../policy/requirement.ts'
import { defineVerb } from '../policy/verb.ts'
import { readDisplay, setDisplay } from './display.ts'

export const accountVerbs = {
  display: defineVerb({ input: null, requires: () => SIGNED_IN, run: readDisplay }),
  setDisplay: defineVerb({ input: setDisplayPreferences, requires: () => SIGNED_IN, run: setDisplay }),
}
