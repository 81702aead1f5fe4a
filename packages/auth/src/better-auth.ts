/** better-auth, set up for us. Nothing outside this package knows it. */
import { randomUUID } from 'node:crypto'
import { apiKey } from '@better-auth/api-key'
import type { Actor, Context } from '@keyferry/core/context'
import type { Dialect } from '@keyferry/db'
import { betterAuth, type BetterAuthOptions } from 'better-auth'
import type { Kysely } from 'kysely'

/** A store without the plugins that rename columns: better-auth names its own. */
// oxlint-disable-next-line no-explicit-any -- better-auth's tables are not part of our table types.
export type Store = Kysely<any>

export interface Accounts {
  /** Throws when the address is taken or the password too short. */
  createUser(account: {
    email: string
    password: string
    name: string
  }): Promise<{ id: string; email: string; name: string }>
  /** A bearer token in the user's name; it is shown once and stored as a hash. */
  createApiKey(key: { userId: string; name: string }): Promise<{ id: string; token: string }>
}

/** Set by the API from the connection, whatever the client sent: the address that a session is kept with. */
export const CLIENT_ADDRESS = 'x-keyferry-client-address'

export interface Settings {
  secret: string
  baseUrl: string
  log: Context['log']
  dialect: Dialect
  /** better-auth opens its own transactions. */
  transaction: boolean
  signUp: boolean
}

export function configuration(db: Store, { secret, baseUrl, log, dialect, transaction, signUp }: Settings) {
  return {
    appName: 'Keyferry',
    secret,
    baseURL: baseUrl,
    basePath: '/api/auth',
    database: { db, type: dialect, transaction },
    emailAndPassword: {
      enabled: true,
      disableSignUp: !signUp,
      autoSignIn: false,
      minPasswordLength: 10,
      maxPasswordLength: 128,
    },
    plugins: [
      apiKey({ defaultPrefix: 'kf_', rateLimit: { enabled: false }, requireName: true, maximumNameLength: 64 }),
    ],
    // The page's own origin, whichever name the instance was reached by, also when something in front speaks https.
    trustedOrigins: (request?: Request) =>
      request ? ['http', 'https'].map((scheme) => `${scheme}://${new URL(request.url).host}`) : [],
    // The API counts requests itself, sign-in apart.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'keyferry',
      useSecureCookies: baseUrl.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' as const },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS] },
      // migrateAuth ran before; the check would need a connection of its own, which a transaction cannot give.
      database: { generateId: () => randomUUID(), validateSchema: false },
    },
    telemetry: { enabled: false },
    logger: {
      level: 'warn' as const,
      // Its further arguments may name addresses or hold request data. A failed sign-in is no error of ours.
      log: (level: string, message: string) => log[level === 'error' ? 'warn' : 'debug']({ part: 'auth' }, message),
    },
  } satisfies BetterAuthOptions
}

export function betterAuthOn(options: ReturnType<typeof configuration>) {
  const auth = betterAuth(options)
  return {
    handler: (request: Request): Promise<Response> => auth.handler(request),

    async sessionOf(headers: Headers): Promise<Actor | null> {
      const session = await auth.api.getSession({ headers })
      return session ? { kind: 'user', id: session.user.id, name: session.user.email } : null
    },

    async verifyToken(key: string): Promise<Actor | null> {
      const verified = await auth.api.verifyApiKey({ body: { key } })
      if (!verified.valid || !verified.key) return null
      return { kind: 'identity', id: verified.key.id, name: verified.key.name ?? 'token' }
    },

    async createUser(account: { email: string; password: string; name: string }) {
      const { user } = await auth.api.signUpEmail({ body: account })
      return { id: user.id, email: user.email, name: user.name }
    },

    async createApiKey({ userId, name }: { userId: string; name: string }) {
      const created = await auth.api.createApiKey({ body: { userId, name } })
      return { id: created.id, token: created.key }
    },
  }
}
