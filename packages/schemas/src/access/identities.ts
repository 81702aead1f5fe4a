/** Machine identities, how they sign in, and what they get for it. */
import { z } from 'zod'
import { displayName, id, ifUpdatedAt, timestamp } from '../names/names.ts'
import { visibleLines } from '../names/visible-text.ts'

/** What an identity may do to the instance, in Infisical's words: `admin` everything, the others nothing. */
const instanceRole = z.enum(['admin', 'member', 'no-access'])
const identityName = displayName('Identity name', 255)
export const identity = z
  .object({
    id,
    name: z.string(),
    orgId: id,
    role: z.enum(['admin', 'no-access']),
    authMethods: z.array(z.string()),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Identity' })
const compared = z.object({
  is: z.string().max(255).optional(),
  isOneOf: z.array(z.string().max(255)).max(100).optional(),
  contains: z.string().max(255).optional(),
})
const identityFilter = z.object({ name: compared.optional(), role: compared.optional() })
export const searchIdentities = z.object({
  orderBy: z.enum(['name', 'role']).default('name'),
  orderDirection: z.enum(['asc', 'desc']).default('asc'),
  limit: z.number().int().min(1).max(100).default(50),
  offset: z.number().int().min(0).default(0),
  search: identityFilter.extend({ anyOf: z.array(identityFilter).max(5).optional() }).default({}),
})
export const foundIdentities = z.object({ identities: z.array(identity), totalCount: z.number().int() })
/** What a machine knows of where it belongs. */
export const identityDetails = z.object({ organization: z.object({ id, name: z.string(), slug: z.string() }) })
export const createIdentity = z.object({
  name: identityName,
  organizationId: z.string().max(64).optional(),
  role: instanceRole.default('no-access'),
})
export const updateIdentity = z.object({ identityId: id, name: identityName.optional(), role: instanceRole.optional() })

const seconds = z.number().int().min(0).max(315_360_000)
const DAYS_30 = 2_592_000
const trustedIps = z
  .array(z.object({ ipAddress: z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]) }))
  .min(1)
  .max(50)
const EVERYWHERE = [{ ipAddress: '0.0.0.0/0' }, { ipAddress: '::/0' }]

/** Of the access tokens that a way to sign in gives out. Times in seconds; a limit of 0 is none. */
export const accessTokenSettings = {
  accessTokenTrustedIps: trustedIps.default(EVERYWHERE),
  accessTokenTTL: seconds.min(1).default(DAYS_30),
  accessTokenMaxTTL: seconds.min(1).default(DAYS_30),
  accessTokenNumUsesLimit: z.number().int().min(0).max(1_000_000_000).default(0),
}
export const LONGEST_LOCK_OUT_SECONDS = 86_400
const universalAuthSettings = {
  clientSecretTrustedIps: trustedIps.default(EVERYWHERE),
  ...accessTokenSettings,
  lockoutEnabled: z
    .boolean()
    .default(false)
    .describe(
      'Off unless set: a client secret cannot be guessed, and a lock-out lets who knows the client id stop a machine',
    ),
  lockoutThreshold: z.number().int().min(1).max(30).default(3),
  lockoutDurationSeconds: z.number().int().min(30).max(LONGEST_LOCK_OUT_SECONDS).default(300),
  lockoutCounterResetSeconds: z.number().int().min(5).max(3_600).default(30),
}
export const universalAuthSetting = z.object(universalAuthSettings)
export const attachUniversalAuth = z.object({ identityId: id, ...universalAuthSettings })
export const updateUniversalAuth = z.object({
  identityId: id,
  ifUpdatedAt,
  clientSecretTrustedIps: trustedIps.optional(),
  accessTokenTrustedIps: trustedIps.optional(),
  accessTokenTTL: seconds.min(1).optional(),
  accessTokenMaxTTL: seconds.min(1).optional(),
  accessTokenNumUsesLimit: z.number().int().min(0).max(1_000_000_000).optional(),
  lockoutEnabled: z.boolean().optional(),
  lockoutThreshold: z.number().int().min(1).max(30).optional(),
  lockoutDurationSeconds: z.number().int().min(30).max(LONGEST_LOCK_OUT_SECONDS).optional(),
  lockoutCounterResetSeconds: z.number().int().min(5).max(3_600).optional(),
})
export const universalAuth = z
  .object({
    id,
    identityId: id,
    clientId: id,
    ...universalAuthSetting.shape,
    lockedUntil: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'IdentityUniversalAuth' })

export const clientSecret = z
  .object({
    id,
    identityUAId: id,
    description: z.string(),
    clientSecretPrefix: z.string(),
    clientSecretNumUses: z.number().int(),
    clientSecretNumUsesLimit: z.number().int(),
    clientSecretTTL: z.number().int(),
    isClientSecretRevoked: z.boolean(),
    clientSecretLastUsedAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'ClientSecret' })
/** A client secret that a person made, with its machine. */
export const madeClientSecret = z
  .object({
    clientSecretId: id,
    identityId: id,
    identityName: z.string(),
    description: z.string(),
    clientSecretPrefix: z.string(),
    createdAt: timestamp,
  })
  .meta({ id: 'MadeClientSecret' })
export const createClientSecret = z.object({
  identityId: id,
  description: visibleLines('Description').trim().max(256).default(''),
  numUsesLimit: z.number().int().min(0).max(1_000_000_000).default(0),
  ttl: seconds.default(0),
})

const credential = z.string().trim().min(1).max(512)
export const universalAuthLogin = z.object({ clientId: credential, clientSecret: credential })
export const accessTokenInput = z.object({ accessToken: credential })
export const accessToken = z.object({
  accessToken: z.string(),
  expiresIn: z.number().int(),
  accessTokenMaxTTL: z.number().int(),
  tokenType: z.literal('Bearer'),
})
