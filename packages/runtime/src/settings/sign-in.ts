/** How people and machines sign in. */
import { DEFAULT_LIMITS } from '@keyferry/kernel'
import { z } from 'zod'
import { domains, flag, groupRoles, list, whole } from './formats.ts'
import { setting } from './setting.ts'

export const signIn = {
  KEYFERRY_SIGN_IN_TRIES_PER_MINUTE: setting(
    whole(1, 1000).default(10),
    'passwords and codes that one address can try per minute',
  ),
  KEYFERRY_API_KEY_MAX_DAYS: setting(
    whole(1, 3650).default(DEFAULT_LIMITS.apiKeyDays),
    'days after which an API key ends at the latest',
  ),
  SESSION_MAX_HOURS: setting(whole(1, 8760).default(168), 'when a session ends in any case'),
  SESSION_IDLE_MINUTES: setting(whole(5, 525_600).default(1440), 'when a session ends unused'),
  PASSWORD_BANNED_WORDS: setting(
    list,
    "words between commas that no password may be, with or without digits and signs around them; common passwords, the organization's name and the account's address never are",
  ),
  OIDC_ISSUER: setting(
    z
      .url({
        protocol: /^https?$/,
        error: 'must be the URL of the provider, without /.well-known/openid-configuration',
        abort: true,
      })
      .optional(),
    'URL of an OpenID provider that people sign in by',
  ),
  OIDC_CLIENT_ID: setting(z.string().optional(), 'of Keyferry at that provider'),
  OIDC_CLIENT_SECRET: setting(z.string().optional(), 'of Keyferry at that provider', { secret: 'file' }),
  OIDC_ALLOWED_DOMAINS: setting(
    domains,
    'domains of email addresses between commas: whose people can sign in without an invitation',
  ),
  OIDC_ONLY: setting(
    flag.default(false),
    'passwords, passkeys and links for new passwords are off; everyone signs in by the provider',
  ),
  OIDC_GROUP_ROLES: setting(
    groupRoles.optional(),
    'JSON such as `[{"group": "backend", "project": "shop-1a2b", "role": "developer"}]`: roles that the groups of a claim give at each sign-in',
  ),
  OIDC_GROUPS_CLAIM: setting(z.string().default('groups'), 'the claim with those groups'),
  OIDC_GROUPS_MAX_DAYS: setting(whole(1, 3650).default(30), 'when a role of a group ends that no sign-in confirmed'),
  OIDC_REQUIRED_ACR: setting(
    list,
    'values between commas: how the provider has to have signed a person in, by the claim `acr` of its ID token',
  ),
  OIDC_REQUIRED_AMR: setting(list, 'values between commas, such as `mfa,hwk`: the same by the claim `amr`'),
  OIDC_SESSION_MAX_HOURS: setting(
    whole(1, 8760).default(24),
    'when a session that began at the provider ends, so that the provider decides again',
  ),
}
