/** Who is asking: passwords, sessions and tokens, all kept by better-auth in tables of its own beside ours. */
import { ACCOUNT_TABLES, oneProcessAtATime, withOwnNames, type Db } from '@keyferry/db'
import { bearerOf, OnlyByProvider, OWASP_COST, SecondFactorRequired, type Actor, type Context } from '@keyferry/kernel'
import type { BetterAuthPlugin } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { actorOfToken, auditRefusedToken } from '../machines/access-tokens.ts'
import { isAccessToken } from '../machines/tokens.ts'
import { passwordRules } from '../people/password-rules.ts'
import { proveByReset, reportProof } from '../people/proof.ts'
import { DEFAULT_LIMITS, removeOver, type SessionLimits } from '../people/sessions.ts'
import { admission, type OidcSettings } from './admission.ts'
import { accountsOf, hashNewPassword, verifyApiKey, type Accounts } from './accounts.ts'
import { inTransaction } from './accounts-adapter.ts'
import { auditSignIn } from './audit/audit-sign-in.ts'
import { clientSignIn, isClientToken, type ClientSignIn } from './client-sign-in.ts'
import { configuration, openBetterAuth, type Store } from './better-auth.ts'
import { endAlone } from './end-alone.ts'
import { factorChanges } from './second-factor/factor-changes.ts'
import { guesses } from './guesses/guesses.ts'
import { knownAccountOf } from './guesses/known-devices.ts'
import { mailGuesses } from './guesses/mail-guesses.ts'
import { oidcGroups, withGroups } from './oidc/oidc-groups.ts'
import { passwordWhileChecked } from './password-while-checked.ts'
import { hasPasskeys } from './second-factor/passkeys.ts'
import { mailReset } from './reset.ts'
import { createReset } from './reset-tokens.ts'
import { needsSecondFactor } from './second-factor/second-factor-policy.ts'
import { setupCodeOf } from './setup-code.ts'
import { sessionReader, type Session } from './session-reader.ts'
import { createSignInLink, signInLinks } from './sign-in-links.ts'
import { signInSecret } from './key/sign-in-secret.ts'
import { tokenHolders } from './token-holders.ts'
import { totpOnce } from './second-factor/totp-once.ts'

export interface AuthOptions {
  ctx: Context
  /** 32 bytes. */
  rootKey: Buffer
  /** Where browsers reach the instance, such as `http://127.0.0.1:4400`. */
  baseUrl: string
  /** Null: people sign in with passwords only. */
  oidc: OidcSettings | null
  /** How long people stay signed in. */
  sessions?: SessionLimits
  /** Words that no password may be. */
  bannedWords?: readonly string[]
}

export interface Auth {
  /**
   * Answers everything below `/api/auth`: sign-in, sign-out, session. Rejects with what broke inside, such as an error
   * of the store.
   */
  handler(request: Request): Promise<Response>
  /**
   * Who sent these headers: a session's cookie or a bearer token. Null for neither, and for a wrong or expired one.
   * `again`: a request that continues is checked once more, which prolongs no session and counts as no use. Rejects
   * with `SecondFactorRequired` for a person who has to set up a second factor first.
   */
  actorOf(headers: Headers, address: string | null, options?: { again: boolean }): Promise<Actor | null>
  /** Which account signed in before on the device that sent these headers, as an opaque name; null for none. */
  knownAccountOf(headers: Headers): Promise<string | null>
  /** Notes in the audit log that the bearer token in these headers was refused. */
  auditRefused(headers: Headers, address: string | null): Promise<void>
  /** A token that sets a person's password once, for a link that is `mailed` to them, or handed over. */
  createReset(userId: string, how: { mailed: boolean }): Promise<string>
  /** Sign-in for programs that keep a token instead of a cookie. */
  client: ClientSignIn
  /** A token that signs a person in once, for a link. */
  createSignInLink(userId: string): Promise<string>
  /** How long people stay signed in. */
  sessions: SessionLimits
  /** Where browsers reach the instance. */
  baseUrl: string
  /** Words that no password may be, beside the organization's name. */
  bannedWords: readonly string[]
  /** What an empty instance is set up with. */
  setupCode: string
  signInWith: readonly ('password' | 'passkey' | 'oidc')[]
  /**
   * For `createUser`. Takes a third of a second, so it is called before the transaction begins. Throws `BadRequest`
   * when the length is not allowed, and `TooManyRequests`.
   */
  hashNewPassword(password: string): Promise<string>
  /** Makes accounts inside a transaction of the caller (`withOwnNames`): they exist when it commits. */
  within(tx: Store): Accounts
}

function waysIn({ oidc, baseUrl }: Pick<AuthOptions, 'oidc' | 'baseUrl'>): Auth['signInWith'] {
  if (oidc?.only) return ['oidc']
  return ['password', ...(hasPasskeys(baseUrl) ? ['passkey' as const] : []), ...(oidc ? ['oidc' as const] : [])]
}

/** Shut where everybody signs in by the provider. */
const WITH_A_PASSWORD =
  /^\/api\/auth\/(sign-in\/email|request-password-reset|reset-password|change-password|two-factor|passkey\/(verify|generate))/

/** What a person may do who has to set up a second factor first. */
const BEFORE_A_FACTOR =
  /^\/api\/auth\/(get-session|sign-(in|out)|callback|list-accounts|factors|two-factor|passkey|(request-password-)?reset)/

/** What is checked and kept beside better-auth's own endpoints. */
const guardsOf = (
  ctx: Context,
  { baseUrl, oidc, bannedWords }: Required<Pick<AuthOptions, 'baseUrl' | 'oidc' | 'bannedWords'>>,
): BetterAuthPlugin[] => [
  passwordWhileChecked(ctx),
  guesses({ ctx, warn: (email) => void mailGuesses(ctx, baseUrl, email) }),
  totpOnce(ctx),
  factorChanges(ctx),
  endAlone(ctx),
  passwordRules(ctx, bannedWords),
  signInLinks(),
  ...(oidc?.groups ? [oidcGroups(ctx, oidc.groups)] : []),
  auditSignIn(ctx),
]

/** The sign-in of one process. Its tables are brought up to date by `migrateAuth`. */
export function createAuth({
  ctx,
  rootKey,
  baseUrl,
  oidc,
  sessions = DEFAULT_LIMITS,
  bannedWords = [],
}: AuthOptions): Auth {
  const { db, authority, log, scryptCost } = ctx
  const secret = signInSecret(rootKey)
  const onMailedReset = async (email: string, address: string | null): Promise<void> => {
    const proven = await proveByReset(ctx, email, address)
    if (proven) void reportProof(ctx, baseUrl, proven)
  }
  const settings = configuration(withOwnNames(db), {
    secret,
    baseUrl,
    log,
    storeType: db.dialect,
    scryptCost,
    sessions,
    guards: guardsOf(ctx, { baseUrl, oidc, bannedWords }),
    oidc,
    admit: admission(ctx, baseUrl, oidc),
    sendReset: (to, token) => void mailReset(ctx, baseUrl, to, token),
    onMailedReset,
  })
  const auth = openBetterAuth(settings, authority)
  const accounts = accountsOf(auth)
  const sessionOf = sessionReader(auth, {
    sessions,
    // Those that began before passwords were switched off end.
    admitted: (signedInBy) => !oidc?.only || signedInBy === 'oidc' || signedInBy === 'link',
  })
  const ofToken = tokenHolders(db, (key) => verifyApiKey(auth, key))

  async function ofSession(headers: Headers, { refresh }: { refresh: boolean }): Promise<Actor | null> {
    const session = await sessionOf(headers, { refresh })
    if (!session) return null
    await demandFactor(session)
    return session.actor
  }

  /** Those who come by a provider were asked there. */
  async function demandFactor({ actor, signedInBy, hasSecondFactor }: Session): Promise<void> {
    if (hasSecondFactor || signedInBy === 'oidc' || signedInBy === 'link') return
    if (await needsSecondFactor(db, actor.id)) throw new SecondFactorRequired()
  }

  async function ofClient(token: string, how: { refresh: boolean }): Promise<Actor | null> {
    const cookie = await client.cookieOf(token)
    return cookie === null ? null : ofSession(new Headers({ cookie }), how)
  }

  const handler = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (oidc?.only && WITH_A_PASSWORD.test(pathname)) throw new OnlyByProvider()
    // Ends the session where it is over: better-auth knows no end that use does not put off, and no sign-in that was
    // switched off.
    const session = request.headers.has('cookie') ? await sessionOf(request.headers, { refresh: true }) : null
    if (session && !BEFORE_A_FACTOR.test(pathname)) await demandFactor(session)
    if (pathname.endsWith('/list-sessions')) await removeOver(db, sessions)
    return withGroups(() => auth.handler(request))
  }
  const client = clientSignIn({ key: rootKey, baseUrl, handler })

  return {
    handler,
    client,
    knownAccountOf: async (headers) => knownAccountOf(headers, await auth.$context),
    async auditRefused(headers, address) {
      const token = bearerOf(headers.get('authorization'))
      if (token !== undefined) await auditRefusedToken(ctx, token, address)
    },
    actorOf(headers, address, { again } = { again: false }) {
      if (!headers.has('authorization')) return ofSession(headers, { refresh: !again })
      const token = bearerOf(headers.get('authorization'))
      if (token === undefined) return Promise.resolve(null)
      if (isClientToken(token)) return ofClient(token, { refresh: !again })
      return isAccessToken(token) ? actorOfToken(ctx, token, address, { uses: again ? 0 : 1 }) : ofToken(token)
    },
    createReset: (userId, how) => createReset(auth, userId, how),
    createSignInLink: (userId) => createSignInLink(auth, userId),
    sessions,
    baseUrl,
    bannedWords,
    setupCode: setupCodeOf(rootKey),
    signInWith: waysIn({ oidc, baseUrl }),
    hashNewPassword: (password) => hashNewPassword(auth, password),
    within: (tx) => ({
      createUser: (account) => inTransaction(tx, () => accounts.createUser(account)),
      createApiKey: (key) => inTransaction(tx, () => accounts.createApiKey(key)),
    }),
  }
}

/** Number of the lock under which a process brings better-auth's tables up to date. */
const MIGRATION = 1

/** Brings better-auth's tables up to date; idempotent, and safe to call from several processes of a fleet at once. */
export async function migrateAuth(db: Db, log: Context['log']): Promise<void> {
  const settings = {
    secret: 'not used by migrations',
    baseUrl: 'http://127.0.0.1',
    log,
    storeType: db.dialect,
    scryptCost: OWASP_COST,
    sessions: DEFAULT_LIMITS,
  }
  const run = async () => {
    const { runMigrations } = await getMigrations(configuration(withOwnNames(db), settings))
    await runMigrations()
    await addSeals(db)
  }
  await oneProcessAtATime(db, MIGRATION, run)
}

/** better-auth makes its tables without a place for the seals. */
async function addSeals(db: Db): Promise<void> {
  const names: readonly string[] = ACCOUNT_TABLES
  for (const { name, columns } of await db.introspection.getTables())
    if (names.includes(name) && !columns.some((column) => column.name === 'seal'))
      await db.withoutPlugins().schema.alterTable(name).addColumn('seal', 'text').execute()
}
