/** better-auth, set up for us. Nothing outside this package knows it. */
import { randomUUID } from 'node:crypto'
import { apiKey } from '@better-auth/api-key'
import { tryGetCurrentAuthEndpointContext as callUnderWay } from '@better-auth/core/context'
import { amend, storeTrouble, type Dialect } from '@keyferry/db'
import { transact, type Context, type ScryptCost } from '@keyferry/kernel'
import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin, type GenericEndpointContext } from 'better-auth'
import { isAPIError } from 'better-auth/api'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { kindOf, lastSeenEvery, type SessionLimits } from '../people/sessions.ts'
import { accountsAdapter } from './accounts-adapter.ts'
import { CLIENT_ADDRESS } from './audit/audit-sign-in.ts'
import { addressOfCall, issuerCheck, providerOf, type Admission, type OidcProvider } from './oidc/oidc-provider.ts'
import { passkeys } from './second-factor/passkeys.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import { isHandedOver, RESET_SECONDS } from './reset-tokens.ts'

/** A store without the plugins that rename columns: better-auth names its own. */
// oxlint-disable-next-line no-explicit-any -- better-auth's tables are not part of our table types.
export type Store = Kysely<any>

export interface Settings {
  secret: string
  baseUrl: string
  log: Context['log']
  storeType: Dialect
  scryptCost: ScryptCost
  sessions: SessionLimits
  /** What is checked and kept beside better-auth's own endpoints. */
  guards?: readonly BetterAuthPlugin[]
  oidc?: OidcProvider | null
  /**
   * Whether someone with this verified address may sign in with OIDC; with a new account, what they were invited to is
   * theirs.
   */
  admit?: Admission
  /** Sends a person the token to set a new password. */
  sendReset?: (to: string, token: string) => void
  /** A person set a new password with a token that only a mail to their address carried. */
  onMailedReset?: (email: string, address: string | null) => Promise<void>
}

/** The settings of better-auth; without `guards` and the like, those that its migrations need. */
export function configuration(
  db: Store,
  {
    secret,
    baseUrl,
    log,
    storeType,
    scryptCost,
    sessions,
    guards = [],
    oidc,
    admit,
    sendReset,
    onMailedReset,
  }: Settings,
) {
  const secure = baseUrl.startsWith('https:')
  return {
    appName: 'Keyferry',
    secret,
    baseURL: baseUrl,
    basePath: '/api/auth',
    database: { db, type: storeType, transaction: true },
    emailAndPassword: {
      enabled: true,
      // Accounts are made by `createUser`, after an invitation.
      disableSignUp: true,
      minPasswordLength: 10,
      maxPasswordLength: 128,
      password: passwords(db, scryptCost),
      resetPasswordTokenExpiresIn: RESET_SECONDS,
      revokeSessionsOnPasswordReset: true,
      // Not waited for: how long it takes must not tell whether there is such an account.
      sendResetPassword({ user, token }: { user: { email: string }; token: string }) {
        sendReset?.(user.email, token)
        return Promise.resolve()
      },
      async onPasswordReset({ user }: { user: { email: string } }) {
        const used = resetBody.safeParse(callUnderWay()?.body).data?.token
        if (used !== undefined && !isHandedOver(used)) await onMailedReset?.(user.email, addressOfCall())
      },
    },
    plugins: [
      apiKey({ defaultPrefix: 'kf_', rateLimit: { enabled: false }, requireName: true, maximumNameLength: 64 }),
      twoFactor({
        issuer: 'Keyferry',
        backupCodeOptions: { storeBackupCodes: 'encrypted' },
        // `guesses` counts them: a stop would let a stranger keep the owner out.
        accountLockout: { enabled: false },
      }),
      passkeys(baseUrl),
      genericOAuth({ config: oidc ? [providerOf(oidc, admit)] : [] }),
      ...(oidc ? [issuerCheck(oidc)] : []),
      ...guards,
    ],
    // A list of sessions says when each was last seen, and is there to end one also a day after signing in.
    session: {
      // A cookie lives as long; that a session ends earlier when it is not used is `isOver`'s.
      expiresIn: Math.floor(sessions.maxMs / 1000),
      updateAge: Math.floor(lastSeenEvery(sessions) / 1000),
      freshAge: 0,
      additionalFields: { signedInBy: { type: 'string' as const, required: false, input: false } },
    },
    // Who holds the table must not be able to use what is in it.
    verification: { storeIdentifier: 'hashed' as const },
    account: {
      // The maker of the account may not own the address: what they set is dropped once the provider vouches for it
      // (`vouch`).
      accountLinking: { enabled: true, requireLocalEmailVerified: false },
      encryptOAuthTokens: true,
    },
    databaseHooks: {
      ...(admit ? { user: { create: hooks(admit) } } : {}),
      session: { create: { before: noteKind } },
    },
    // The page's own origin, whichever name the instance was reached by, also when something in front speaks https.
    trustedOrigins: (request?: Request) =>
      request ? ['http', 'https'].map((scheme) => `${scheme}://${new URL(request.url).host}`) : [],
    // The API counts requests itself, sign-in apart.
    rateLimit: { enabled: false },
    advanced: {
      // Behind TLS a cookie is bound to this very host: no neighbour below the same domain can set or overwrite one.
      // better-auth knows only the prefix `__Secure-`, which does not promise that.
      cookiePrefix: secure ? '__Host-keyferry' : 'keyferry',
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' as const, path: '/', secure },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS] },
      // migrateAuth ran before; the check would need a connection of its own, which a transaction cannot give.
      database: { generateId: () => randomUUID(), validateSchema: false },
    },
    telemetry: { enabled: false },
    // The caller of the handler gets the error and logs it; better-auth would print it.
    onAPIError: { throw: true },
    logger: {
      level: 'warn' as const,
      // Of its further arguments, which may name addresses or hold request data, only what broke is kept. A failed
      // sign-in and a wrong token are no errors of the server; the audit log has them. A store that is away is reported
      // by the readiness check, not once per request.
      log: (level: string, message: string, ...details: unknown[]) => {
        const err = details.find((detail) => detail instanceof Error && !isAPIError(detail))
        const isExpected = err === undefined ? details.some(isAPIError) : storeTrouble(err) !== null
        log[level === 'error' && !isExpected ? 'warn' : 'debug'](
          { part: 'auth', ...(err ? { err } : {}) },
          message || 'internal error in sign-in',
        )
      },
    },
  } satisfies BetterAuthOptions
}

function passwords(db: Store, cost: ScryptCost) {
  return {
    hash: (password: string) => hashPassword(password, cost),
    async verify(given: { password: string; hash: string }): Promise<boolean> {
      const { right, fresh } = await verifyPassword(given, cost)
      if (fresh !== null) await transact({ db }, (tx) => replaceHash(tx, given.hash, fresh))
      return right
    },
  }
}

/** Only while it is still the one that was checked. */
async function replaceHash(tx: Store, checked: string, fresh: string): Promise<void> {
  const { id } = (await tx
    .selectFrom('account')
    .where('password', '=', checked)
    .where('providerId', '=', 'credential')
    .select('id')
    .executeTakeFirst()) ?? { id: null }
  if (id !== null) await amend(tx, 'account', id, { password: fresh })
}

const resetBody = z.object({ token: z.string() })

const noteKind = (_session: unknown, ctx: { path?: string } | null) => {
  const signedInBy = kindOf(ctx?.path)
  return Promise.resolve(signedInBy === null ? undefined : { data: { signedInBy } })
}

function hooks({ welcome }: Admission) {
  return {
    async after(user: { id: string; email: string }, request: GenericEndpointContext | null) {
      // Without a request it is `createUser`, whose caller knows what the person was invited to.
      if (request) await welcome(user, request.headers?.get(CLIENT_ADDRESS) ?? null)
    },
  }
}

/** better-auth with `options`. */
export const openBetterAuth = (options: ReturnType<typeof configuration>, authority: Context['authority']) =>
  betterAuth({ ...options, database: accountsAdapter(options.database, authority) })

export type BetterAuth = ReturnType<typeof openBetterAuth>
