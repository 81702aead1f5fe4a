import { z } from 'zod'
import { grant } from './access/scopes.ts'
import { displayName, id, password, timestamp } from './names/names.ts'

export const bootstrap = z.object({
  name: displayName('Name').optional().describe('Of the person; without it the part of the address before the @'),
  email: z.email().max(254),
  password,
  organization: displayName('Organization'),
  setupCode: z
    .string()
    .trim()
    .min(1, 'Enter the setup code')
    .max(64)
    .optional()
    .describe('Printed by the server at its start; a program on the same machine needs none'),
  withToken: z
    .boolean()
    .default(true)
    .describe('Whether the answer has a token for a script; API keys can be made later'),
  tokenExpiresInDays: z.number().int().min(1).max(365).default(30).describe('Days that the token of the answer works'),
})
export const bootstrapped = z.object({
  message: z.string(),
  user: z.object({
    id: z.string(),
    email: z.string(),
    username: z.string(),
    firstName: z.string(),
    superAdmin: z.boolean(),
  }),
  organization: z.object({ id, name: z.string(), slug: z.string() }),
  identity: z.object({ id: z.string(), name: z.string(), credentials: z.object({ token: z.string() }) }),
})
/** Also without a token. */
export const bootstrapAnswer = bootstrapped.partial({ identity: true })

export const status = z.object({
  date: z.string(),
  message: z.literal('Ok'),
  version: z.string().optional().describe('Of the software; only for who is signed in'),
  newerVersion: z
    .string()
    .optional()
    .describe('A newer release, if KEYFERRY_RELEASES_URL is set; only for who is signed in'),
  address: z
    .string()
    .optional()
    .describe('Where the request came from, as rate limits and the audit log have it; only for who is signed in'),
  unknownProxy: z
    .string()
    .optional()
    .describe(
      'Address of a proxy that passed the request on and that KEYFERRY_TRUSTED_PROXIES does not name, so it is taken for the caller; only for who is signed in',
    ),
  profile: z.enum(['embedded', 'fleet']),
  signInWith: z.array(z.enum(['password', 'passkey', 'oidc'])),
  sendsMail: z.boolean().describe('False: links for new passwords and invitations are handed over by an admin'),
  initialized: z.boolean().describe('False until the first account exists'),
  ready: z.boolean().describe('Whether it can do its work; `GET /api/ready` answers 503 while it cannot'),
  reason: z.string().nullable().describe('Why it cannot'),
})
export const me = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  organization: z.object({ id, name: z.string(), slug: z.string() }),
  instanceAdmin: z.boolean(),
  grants: z.array(grant).describe('What the caller may do, per project; an instance admin may do everything'),
})

export const rootKeyBackup = z
  .object({
    confirmedAt: timestamp.nullable().describe('When an admin last said that there is a copy of the root key'),
  })
  .meta({ id: 'RootKeyBackup' })

export const signInPolicy = z
  .object({
    requireSecondFactor: z
      .enum(['nobody', 'admins', 'everybody'])
      .default('nobody')
      .describe(
        'Who has to set up a second factor before anything else, instance admins or everybody who signs in with a password',
      ),
  })
  .meta({ id: 'SignInPolicy' })
