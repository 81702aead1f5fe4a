import { hkdfSync } from 'node:crypto'

/** The secret that better-auth signs and encrypts with. `key`: the sign-in key of the instance. */
export const signInSecret = (key: Buffer): string =>
  Buffer.from(hkdfSync('sha256', key, '', 'keyferry sessions v1', 32)).toString('base64url')
