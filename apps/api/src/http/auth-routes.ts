/**
 * What of better-auth is open below `/api/auth`, and what it is handed: nothing that is not named here reaches it. Its
 * own API keys, accounts and sign-up are not open: ours know projects, roles and the audit log.
 */
import { displayName, isOwnPage, storedText } from '@keyferry/schemas'
import { z } from 'zod'

/** Longer than anything it takes. */
const text = storedText.max(2000)
/** A passkey's attestation carries certificates. */
const longText = storedText.max(20_000)
const ownPage = text.refine(isOwnPage, 'Must be the path of a page of the console, such as /')
const nothing = z.object({})
const password = z.object({ password: text })
const code = z.object({ code: text, trustDevice: z.boolean().optional() })

/** What a browser makes of a passkey, as WebAuthn serializes it. */
const credential = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  authenticatorAttachment: text.optional(),
  clientExtensionResults: z.object({}).default({}),
  response: z.object({
    clientDataJSON: longText,
    attestationObject: longText.optional(),
    authenticatorData: longText.optional(),
    signature: text.optional(),
    userHandle: text.optional(),
    transports: z.array(text).max(10).optional(),
  }),
})

/** By path. */
export const READS = ['get-session', 'list-accounts', 'factors', 'list-sessions', 'passkey/list-user-passkeys']

/** By path. Each leaves a row behind that waits for its answer. */
export const SLOW_READS = ['passkey/generate-register-options', 'passkey/generate-authenticate-options']

export const WRITES: ReadonlyMap<string, z.ZodObject> = new Map<string, z.ZodObject>([
  ['sign-out', nothing],
  ['revoke-session', z.object({ token: text })],
  ['revoke-sessions', nothing],
  ['revoke-other-sessions', nothing],
  ['passkey/delete-passkey', z.object({ id: text })],
  ['update-user', z.object({ name: displayName('Name') })],
])

/** Where a password or a code could be guessed, or where anybody can leave a row behind. */
export const GUESSABLE: ReadonlyMap<string, z.ZodObject> = new Map<string, z.ZodObject>([
  ['sign-in/email', z.object({ email: text, password: text })],
  [
    'sign-in/social',
    z.object({ provider: text, callbackURL: ownPage.optional(), errorCallbackURL: ownPage.optional() }),
  ],
  ['sign-in-link', z.object({ token: text })],
  ['request-password-reset', z.object({ email: text })],
  ['reset-password', z.object({ token: text, newPassword: text })],
  [
    'change-password',
    z.object({ currentPassword: text, newPassword: text, revokeOtherSessions: z.boolean().optional() }),
  ],
  ['passkey/verify-authentication', z.object({ response: credential })],
  ['passkey/verify-registration', z.object({ response: credential, name: displayName('Name'), password: text })],
  ['two-factor/enable', password],
  ['two-factor/disable', password],
  ['two-factor/get-totp-uri', password],
  ['two-factor/generate-backup-codes', password],
  ['two-factor/verify-totp', code],
  ['two-factor/verify-backup-code', code],
])
