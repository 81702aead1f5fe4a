/** better-auth, set up for us. Nothing outside this package knows it. */
import { randomBytes, randomUUID } from 'node:crypto'
import { apiKey } from '@better-auth/api-key'
import { tryGetCurrentAuthEndpointContext as callUnderWay } from '@better-auth/core/context'
import { amend, type Dialect } from '@keyferry/db'
import { BadRequest, transact, type Actor, type Context, type ScryptCost } from '@keyferry/kernel'
import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin, type GenericEndpointContext } from 'better-auth'
import { isAPIError } from 'better-auth/api'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import {
  isOver,
  kindOf,
  lastSeenEvery,
  lastUseOf,
  SIGN_INS,
  type SessionLimits,
  type SignInKind,
} from '../people/sessions.ts'
import { accountsAdapter } from './accounts-adapter.ts'
import { CLIENT_ADDRESS } from './audit/audit-sign-in.ts'
import { DEVICE_COOKIE, knownAccountOf } from './guesses/known-devices.ts'
import { addressOfCall, issuerCheck, providerOf, type Admission, type OidcProvider } from './oidc/oidc-provider.ts'
import { passkeys } from './second-factor/passkeys.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import { LINK_MS, linkIdentifier } from './sign-in-links.ts'

/** A store without the plugins that rename columns: better-auth names its own. */
// oxlint-disable-next-line no-explicit-any -- better-auth's tables are not part of our table types.
export type Store = Kysely<any>

export interface Accounts {
  /** `passwordHash`: of `hashNewPassword`. Throws `BadRequest` when the address is taken. */
  createUser(account: {
    email: string
    passwordHash: string
    name: string
  }): Promise<{ id: string; email: string; name: string }>
  /** A bearer token in the user's name; it is shown once and stored as a hash. */
  createApiKey(key: { userId: string; name: string; expiresIn?: number | null }): Promise<{ id: string; token: string }>
}

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

/** Seconds that a link to set a new password works. */
export const RESET_SECONDS = 3600

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
        if (used !== undefined && !used.startsWith(HANDED)) await onMailedReset?.(user.email, addressOfCall())
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
      // sign-in and a wrong token are no errors of the server; the audit log has them.
      log: (level: string, message: string, ...details: unknown[]) => {
        const err = details.find((detail) => detail instanceof Error && !isAPIError(detail))
        const isRefusal = err === undefined && details.some(isAPIError)
        log[level === 'error' && !isRefusal ? 'warn' : 'debug'](
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

/** Starts a token for a new password that was handed over by an admin: its use does not prove the address. */
const HANDED = 'handed-'
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

export interface Session {
  actor: Actor
  /** Null for one of an earlier version. */
  signedInBy: SignInKind | null
  hasSecondFactor: boolean
}

interface Admitting {
  authority: Context['authority']
  sessions: SessionLimits
  /** Whether sessions that began like this continue; the others end when they are used next. Left out, all do. */
  admitted?: (signedInBy: SignInKind | null) => boolean
}

export function betterAuthOn(
  options: ReturnType<typeof configuration>,
  { authority, sessions: limits, admitted = () => true }: Admitting,
) {
  const auth = betterAuth({ ...options, database: accountsAdapter(options.database, authority) })

  /**
   * False when the session has ended meanwhile. Of requests at the same moment one notes it; for the others the row has
   * changed since they read it, which better-auth takes for an end.
   */
  async function noteUse(headers: Headers): Promise<boolean> {
    try {
      return (await auth.api.getSession({ headers })) !== null
    } catch (error) {
      if (!isAPIError(error) || error.statusCode !== 401) throw error
      return (await auth.api.getSession({ headers, query: { disableRefresh: true } })) !== null
    }
  }

  return {
    handler: (request: Request): Promise<Response> => auth.handler(request),

    /** Which account signed in before on the device that sends `headers`, as an opaque name; null for none. */
    async knownAccountOf(headers: Headers): Promise<string | null> {
      const { createAuthCookie, secret } = await auth.$context
      return knownAccountOf(headers, { name: createAuthCookie(DEVICE_COOKIE).name, secret })
    },

    /** Null without a session, and for one that is over. `refresh`: it is used now. */
    async sessionOf(headers: Headers, { refresh }: { refresh: boolean }): Promise<Session | null> {
      // Without the note that it is used, which would hide how long it was not.
      const found = await auth.api.getSession({ headers, query: { disableRefresh: true } })
      if (!found) return null
      const { session, user } = found
      const signedInBy = SIGN_INS.find((kind) => kind === session.signedInBy) ?? null
      if (isOver(session, limits) || !admitted(signedInBy)) {
        await (await auth.$context).internalAdapter.deleteSession(session.token)
        return null
      }
      const unnoted = Date.now() - lastUseOf(session, limits)
      if (refresh && unnoted >= lastSeenEvery(limits) && !(await noteUse(headers))) return null
      return {
        actor: { kind: 'user', id: user.id, name: user.email },
        signedInBy,
        hasSecondFactor: user.twoFactorEnabled === true,
      }
    },

    async verifyToken(key: string): Promise<Actor | null> {
      const verified = await auth.api.verifyApiKey({ body: { key } })
      if (!verified.valid || !verified.key) return null
      return { kind: 'identity', id: verified.key.id, name: verified.key.name ?? 'token' }
    },

    async hashNewPassword(password: string): Promise<string> {
      const { password: passwords } = await auth.$context
      const { minPasswordLength: least, maxPasswordLength: most } = passwords.config
      if (password.length < least || password.length > most)
        throw new BadRequest(`A password has ${least} to ${most} characters.`)
      return passwords.hash(password)
    },

    async createUser({ email, passwordHash, name }: Parameters<Accounts['createUser']>[0]) {
      const { internalAdapter } = await auth.$context
      if (await internalAdapter.findUserByEmail(email)) throw new BadRequest(`${email} already has an account.`)
      const user = await internalAdapter.createUser({ email, name, emailVerified: false }, { method: 'email-password' })
      const own = { userId: user.id, providerId: 'credential', accountId: user.id }
      await internalAdapter.linkAccount({ ...own, password: passwordHash })
      return { id: user.id, email: user.email, name: user.name }
    },

    async createApiKey({
      userId,
      name,
      expiresIn = null,
    }: {
      userId: string
      name: string
      expiresIn?: number | null
    }) {
      const created = await auth.api.createApiKey({ body: { userId, name, expiresIn } })
      return { id: created.id, token: created.key }
    },

    /** A token that signs a person in once. */
    async createSignInLink(userId: string): Promise<string> {
      const { internalAdapter } = await auth.$context
      const token = randomBytes(32).toString('base64url')
      const expiresAt = new Date(Date.now() + LINK_MS)
      await internalAdapter.createVerificationValue({ identifier: linkIdentifier(token), value: userId, expiresAt })
      return token
    },

    /** A token as the one that is mailed to a person who forgot their password. */
    async createReset(userId: string, { mailed }: { mailed: boolean }): Promise<string> {
      const { internalAdapter } = await auth.$context
      const token = `${mailed ? '' : HANDED}${randomBytes(32).toString('base64url')}`
      const expiresAt = new Date(Date.now() + RESET_SECONDS * 1000)
      await internalAdapter.createVerificationValue({ identifier: `reset-password:${token}`, value: userId, expiresAt })
      return token
    },
  }
}
