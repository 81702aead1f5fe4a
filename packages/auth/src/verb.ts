import { verbsWith, type Call } from '@keyferry/core/access/verb'
import type { Auth } from './auth.ts'

/** What verbs of people and machines get beside their input. */
export interface AuthCall extends Call {
  auth: Auth
}

/** A verb that creates accounts, keys or links. */
export const defineAuthVerb = verbsWith<AuthCall>()
