/**
 * What of better-auth is open below `/api/auth`, and what it is handed: nothing that is not named here reaches it. Its own API keys, accounts
 * and sign-up are not open: ours know projects, roles and the audit log.
 */
import { displayName, storedText } from '@keyferry/schemas'
import { z } from 'zod'

const nothing = z.object({})
const password = z.object({ password: storedText })
const code = z.object({ code: storedText, trustDevice: z.boolean().optional() })

/** What a browser makes of a passkey, as WebAuthn serializes it. */
const credential = z.object({
  id: storedText,
  rawId: storedText,
  type: z.literal('public-key'),
  authenticatorAttachment: storedText.optional(),
  clientExtensionResults: z.object({}).default({}),
  response: z.object({
    clientDataJSON: storedText,
    attestationObject: storedText.optional(),
    authenticatorData: storedText.optional(),
    signature: storedText.optional(),
    userHandle: storedText.optional(),
    transports: z.array(storedText).max(10).optional(),
  }),
})

/** By path. */
export const READS = [
  'get-session',
  'callback/oidc',
  'list-accounts',
  'factors',
  'list-sessions',
  'passkey/list-user-passkeys',
]

/** By path. Each leaves a row behind that waits for its answer. */
export const SLOW_READS = ['passkey/generate-register-options', 'passkey/generate-authenticate-options']

export const WRITES: ReadonlyMap<string, z.ZodObject> = new Map<string, z.ZodObject>([
  ['sign-out', nothing],
  ['revoke-session', z.object({ token: storedText })],
  ['revoke-sessions', nothing],
  ['revoke-other-sessions', nothing],
  ['passkey/delete-passkey', z.object({ id: storedText })],
  ['update-user', z.object({ name: displayName('Name') })],
])

/** Where a password or a code could be guessed, or where anybody can leave a row behind. */
export const GUESSABLE: ReadonlyMap<string, z.ZodObject> = new Map<string, z.ZodObject>([
  ['sign-in/email', z.object({ email: storedText, password: storedText })],
  [
    'sign-in/social',
    z.object({ provider: storedText, callbackURL: storedText.optional(), errorCallbackURL: storedText.optional() }),
  ],
  ['sign-in-link', z.object({ token: storedText })],
  ['request-password-reset', z.object({ email: storedText })],
  ['reset-password', z.object({ token: storedText, newPassword: storedText })],
  [
    'change-password',
    z.object({ currentPassword: storedText, newPassword: storedText, revokeOtherSessions: z.boolean().optional() }),
  ],
  ['passkey/verify-authentication', z.object({ response: credential })],
  ['passkey/verify-registration', z.object({ response: credential, name: displayName('Name'), password: storedText })],
  ['two-factor/enable', password],
  ['two-factor/disable', password],
  ['two-factor/get-totp-uri', password],
  ['two-factor/generate-backup-codes', password],
  ['two-factor/verify-totp', code],
  ['two-factor/verify-backup-code', code],
])
