import type { Auth } from '../sign-in/auth.ts'
import { verbsWith, type Call } from './verb.ts'

/** What verbs of people and machines get beside their input. */
export interface AuthCall extends Call {
  auth: Auth
}

/** A verb that creates accounts, keys or links. */
export const defineAuthVerb = verbsWith<AuthCall>()
