/**
 * Passkeys, with better-auth's plugin. One proves the device and, by PIN, finger or face, the person: two factors in
 * one.
 */
import { passkey } from '@better-auth/passkey'
import { APIError } from 'better-auth/api'
import { isIP } from 'node:net'

/** Bound to the host of `baseUrl`: after a move to another name they have to be set up again. */
export function passkeys(baseUrl: string) {
  const { hostname, origin } = new URL(baseUrl)
  return passkey({
    rpID: hostname,
    rpName: 'Keyferry',
    origin,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: {
      afterVerification: ({ verification }) => demandVerified(verification.registrationInfo?.userVerified === true),
    },
    authentication: {
      afterVerification: ({ verification }) => demandVerified(verification.authenticationInfo.userVerified),
    },
  })
}

/** Whether browsers can use passkeys at this address. */
export const hasPasskeys = (baseUrl: string): boolean => isIP(new URL(baseUrl).hostname.replaceAll(/[[\]]/g, '')) === 0

function demandVerified(verified: boolean): void {
  if (verified) return
  throw new APIError('UNAUTHORIZED', {
    code: 'PERSON_NOT_VERIFIED',
    message: 'This passkey did not verify you. Set a PIN, or use a passkey with a fingerprint or face.',
  })
}
