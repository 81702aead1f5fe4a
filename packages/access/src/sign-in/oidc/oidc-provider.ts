/** The organization's OpenID provider: how it is reached, and whom it may let in. */
import { tryGetCurrentAuthEndpointContext as callUnderWay } from '@better-auth/core/context'
import { Unavailable } from '@keyferry/kernel'
import { withoutTrailingSlashes } from '@keyferry/schemas'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { decryptOAuthToken } from 'better-auth/oauth2'
import { decodeJwt } from 'jose'
import { z } from 'zod'
import { OIDC } from '../../people/users.ts'
import { CLIENT_ADDRESS } from '../audit/audit-sign-in.ts'
import { groupsOf, noteGroups, type GroupMapping } from './oidc-groups.ts'

export interface OidcProvider {
  /** Without the well-known path. */
  issuer: string
  clientId: string
  clientSecret: string
  /** Groups that give roles; null: none do. */
  groups: GroupMapping | null
  /**
   * How the provider has to have signed a person in: one of these values of the claims `acr` and `amr`. Empty: any way.
   */
  strength: { acr: readonly string[]; amr: readonly string[] }
}

/** Somebody whose address, in lower case, the provider vouches for; `subject` is its name for them. */
interface Vouched {
  email: string
  subject: string
}

export interface Admission {
  /** Another provider linked the account of `subject`, its name for somebody else: that link ends. */
  endLink(subject: string): Promise<void>
  /** `inGroup`: the provider says that they belong to a group that gives a role. */
  isWelcome(person: Vouched, inGroup: boolean): Promise<boolean>
  /** The provider vouches for the address of someone who is let in. */
  vouch(person: Vouched, address: string | null): Promise<void>
  welcome(user: { id: string; email: string }, address: string | null): Promise<void>
}

/** What the provider says of a person. */
interface Profile {
  email?: string | null | undefined
  emailVerified?: unknown
  sub?: unknown
  acr?: unknown
  amr?: unknown
}

/** The provider as better-auth's plugin for OAuth takes it. */
export const providerOf = (provider: OidcProvider, admit?: Admission) => ({
  providerId: OIDC,
  discoveryUrl: `${withoutTrailingSlashes(provider.issuer)}/.well-known/openid-configuration`,
  clientId: provider.clientId,
  clientSecret: provider.clientSecret,
  scopes: ['openid', 'email', 'profile'],
  pkce: true,
  requireIdTokenVerification: true,
  ...(provider.strength.acr.length > 0
    ? { authorizationUrlParams: { acr_values: provider.strength.acr.join(' ') } }
    : {}),
  // Decided here, after the ID token was verified and before better-auth opens its transaction: in SQLite nothing else
  // can be asked inside. Without an address it lets nobody in.
  async mapProfileToUser(profile: Profile) {
    const { email, emailVerified, sub } = profile
    const { groups: mapping, strength } = provider
    const groups = mapping ? groupsOf(mapping, { ...profile }) : []
    noteGroups(groups)
    const inGroup = mapping?.roles.some(({ group }) => groups.includes(group)) ?? false
    const proven = email?.toLowerCase()
    if (!proven || typeof sub !== 'string' || emailVerified !== true) return { email: null }
    if (!isStrong(strength, profile)) return { email: null }
    const person = { email: proven, subject: sub }
    if (await isOfAnother(provider, sub)) await admit?.endLink(sub)
    if (!(await admit?.isWelcome(person, inGroup))) return { email: null }
    await admit?.vouch(person, addressOfCall())
    return {}
  },
})

/**
 * Whether the account that `sub` signs in to was linked by a provider that was set up before: its name for a person may
 * be another person's here. The ID token of the last sign-in, which better-auth keeps, says whose it is.
 */
async function isOfAnother({ issuer }: OidcProvider, sub: string): Promise<boolean> {
  const context = callUnderWay()?.context
  const linked = await context?.internalAdapter.findAccountByKey({ providerId: OIDC, accountId: sub })
  if (!context || !linked?.idToken) return false
  const { iss } = decodeJwt(await decryptOAuthToken(linked.idToken, context))
  return iss !== undefined && withoutTrailingSlashes(iss) !== withoutTrailingSlashes(issuer)
}

/** Where the call to better-auth that is under way came from. */
export const addressOfCall = (): string | null =>
  z.instanceof(Headers).safeParse(callUnderWay()?.headers).data?.get(CLIENT_ADDRESS) ?? null

function isStrong({ acr, amr }: OidcProvider['strength'], profile: Profile): boolean {
  const methods: unknown[] = Array.isArray(profile.amr) ? profile.amr : []
  return (
    (acr.length === 0 || acr.some((value) => value === profile.acr)) &&
    (amr.length === 0 || amr.some((value) => methods.includes(value)))
  )
}

/**
 * Refuses sign-in by a provider whose metadata names another issuer than the operator did: its tokens would be those of
 * somebody else. Says so while the metadata can't be read, which better-auth tries again at each sign-in. A plugin of
 * better-auth, which checks tokens against the metadata only.
 */
export function issuerCheck({ issuer }: OidcProvider): BetterAuthPlugin {
  return {
    id: 'keyferry-issuer-check',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/sign-in/social' || path?.includes('/callback/') === true,
          handler: createAuthMiddleware(async ({ context }) => {
            const provider = context.socialProviders.find(({ id }) => id === OIDC)
            if (!provider)
              throw new Unavailable('The sign-in of your organization cannot be reached. Try again in a minute.')
            const named = 'issuer' in provider ? provider.issuer : undefined
            if (named === undefined || withoutTrailingSlashes(String(named)) === withoutTrailingSlashes(issuer)) return
            context.logger.error(`OIDC_ISSUER is ${issuer}, but the provider there calls itself ${String(named)}`)
            throw new APIError('FORBIDDEN', {
              code: 'ANOTHER_ISSUER',
              message: 'The sign-in of your organization is set up wrongly. Ask the operator to check OIDC_ISSUER.',
            })
          }),
        },
      ],
    },
  }
}
