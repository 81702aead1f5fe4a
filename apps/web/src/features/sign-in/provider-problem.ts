/** Codes that better-auth 1.7 and OpenID Connect providers (RFC 6749, 4.1.2.1) send a browser back with. */
const WORDS = new Map([
  ['access_denied', 'Your organization’s sign-in did not let you through, or you cancelled it.'],
  [
    'email_not_found',
    'You are not invited to this Keyferry, or your address is not verified there. Ask one of its admins.',
  ],
  ['account_not_linked', 'There is an account for this address that signs in with a password. Use it below.'],
  ['state_mismatch', 'This took too long, or was begun in another window. Try again.'],
  ['please_restart_the_process', 'This took too long, or was begun in another window. Try again.'],
])

/** Why someone came back from their organization's sign-in without being signed in. */
export const providerProblem = (code: string): string =>
  WORDS.get(code) ?? `Your organization’s sign-in did not work (${code.slice(0, 60)}). Try again, or ask an admin.`
