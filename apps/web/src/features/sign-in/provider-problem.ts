import { words } from './words.ts'

/** Codes that better-auth 1.7 and OpenID Connect providers (RFC 6749, 4.1.2.1) send a browser back with. */
const WORDS = new Map([
  ['access_denied', words.providerProblem.refused],
  ['email_not_found', words.providerProblem.notInvited],
  ['account_not_linked', words.providerProblem.hasPassword],
  ['state_mismatch', words.providerProblem.expired],
  ['please_restart_the_process', words.providerProblem.expired],
])

/** Why someone came back from their organization's sign-in without being signed in. */
export const providerProblem = (code: string): string =>
  WORDS.get(code) ?? words.providerProblem.failed(code.slice(0, 60))
