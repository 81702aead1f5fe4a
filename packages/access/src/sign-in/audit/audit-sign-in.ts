/**
 * What people do at `/api/auth`, in the audit log: a plugin of better-auth, which sees every request before and after
 * its work. It is the last of the plugins, so that it sees what the second factor made of a right password.
 */
import { anonymous, auditEvent, auditRepeated, type Actor, type Context } from '@keyferry/kernel'
import { emailAddress, type AuditAction } from '@keyferry/schemas'
import type { BetterAuthPlugin } from 'better-auth'
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { userOfEmail, usersOf } from '../../people/users.ts'

/** Set by the API from the connection, whatever the client sent: the address that a session is kept with. */
export const CLIENT_ADDRESS = 'x-keyferry-client-address'

/** better-auth's name of the cookie between the password and the second factor, without its prefix. */
const TWO_FACTOR_COOKIE = 'two_factor'

type Hook = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]
/** What is read of a request. */
type Asked = Pick<Hook, 'headers'> & { body?: unknown }

/** How people sign in, by path. */
const SIGN_IN = new Map([
  ['/sign-in/email', 'password'],
  ['/callback/:id', 'oidc'],
  ['/two-factor/verify-totp', 'code'],
  ['/two-factor/verify-backup-code', 'recovery code'],
  ['/passkey/verify-authentication', 'passkey'],
  ['/sign-in-link', 'link'],
])

/** What somebody who is signed in does to their own account, by path. */
const OWN = new Map<string, AuditAction>([
  ['/sign-out', 'person.sign-out'],
  ['/revoke-session', 'person.end-sessions'],
  ['/revoke-sessions', 'person.end-sessions'],
  ['/revoke-other-sessions', 'person.end-sessions'],
  ['/update-user', 'person.rename'],
  ['/change-password', 'person.password-change'],
  ['/passkey/verify-registration', 'person.passkey-add'],
  ['/passkey/delete-passkey', 'person.passkey-remove'],
  ['/two-factor/enable', 'person.recovery-codes'],
  ['/two-factor/generate-backup-codes', 'person.recovery-codes'],
  ['/two-factor/disable', 'person.second-factor-off'],
  ['/two-factor/verify-totp', 'person.second-factor-on'],
])
const RESET = '/reset-password'
const RESET_REQUEST = '/request-password-reset'
const PATHS = new Set([...SIGN_IN.keys(), ...OWN.keys(), RESET, RESET_REQUEST])

interface Person {
  id: string
  email: string
}

/** What was known before better-auth did its work, which may end the session or use up the token. */
interface Before {
  signedIn: Person | null
  /** Whose link to a new password, or whose second factor, the request is about. */
  about: Person | null
}

/** Rows for everything people do at `/api/auth`. A row that cannot be written fails the request. */
export function auditSignIn(ctx: Context): BetterAuthPlugin {
  const before = new WeakMap<Request, Before>()
  return {
    id: 'keyferry-audit',
    init: () => ({
      options: {
        databaseHooks: {
          user: {
            create: {
              after: async (user: Person, hook) =>
                hook?.path === '/callback/:id' ? did(ctx, hook, user, 'person.create', { by: 'oidc' }) : undefined,
            },
          },
          account: {
            create: {
              async after({ providerId, userId }, hook) {
                if (providerId === 'credential' || !hook) return
                const [user] = await usersOf(ctx.db, [userId])
                if (user) await did(ctx, hook, user, 'person.link-oidc', {})
              },
            },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          matcher: ({ path }) => PATHS.has(path ?? ''),
          handler: createAuthMiddleware(async (hook) => {
            if (hook.request) before.set(hook.request, await readBefore(ctx, hook))
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => PATHS.has(path ?? ''),
          handler: createAuthMiddleware(async (hook) => {
            const known = hook.request && before.get(hook.request)
            if (known) await record(ctx, hook, known)
          }),
        },
      ],
    },
  }
}

async function readBefore(ctx: Context, hook: Hook): Promise<Before> {
  const { path } = hook
  const session = OWN.has(path) ? await getSessionFromCtx(hook) : null
  if (session) return { signedIn: session.user, about: null }
  const { internalAdapter } = hook.context
  const { token } = sentIn(hook)
  const identifier =
    path === RESET && token !== undefined
      ? `reset-password:${token}`
      : path.startsWith('/two-factor/')
        ? await hook.getSignedCookie(hook.context.createAuthCookie(TWO_FACTOR_COOKIE).name, hook.context.secret)
        : null
  const found = identifier ? await internalAdapter.findVerificationValue(identifier) : null
  const [about = null] = found ? await usersOf(ctx.db, [found.value]) : []
  return { signedIn: null, about }
}

async function record(ctx: Context, hook: Hook, { signedIn, about }: Before): Promise<void> {
  const { path } = hook
  const { returned, newSession } = hook.context
  const method = SIGN_IN.get(path)
  const problem = problemOf(returned)
  if (path === RESET_REQUEST) return requested(ctx, hook, sentIn(hook).email ?? '')
  if (problem !== null) {
    // What is refused as malformed tried no password.
    const tried = method ?? (path === '/change-password' || path.startsWith('/two-factor/') ? 'password' : null)
    if (tried !== null) await auditFailed(ctx, hook, { method: tried, problem, person: signedIn ?? about })
    else if (signedIn) await auditRefusedCall(ctx, hook, { person: signedIn, problem })
    return
  }
  if (path === RESET) {
    if (about) await did(ctx, hook, about, 'person.password-reset', {})
    return
  }
  if (method !== undefined && !signedIn) {
    if (newSession) await did(ctx, hook, newSession.user, 'person.sign-in', { method })
    return
  }
  const action = OWN.get(path)
  if (action === undefined || !signedIn) return
  // A code of somebody who has a factor only proves that they have it; switching it on makes a new session.
  if (action === 'person.second-factor-on' && !newSession) return
  const details =
    action === 'person.rename'
      ? { name: sentIn(hook).name ?? '' }
      : action === 'person.end-sessions'
        ? { which: path === '/revoke-session' ? 'one' : path === '/revoke-sessions' ? 'all' : 'others' }
        : {}
  await did(ctx, hook, signedIn, action, details)
}

const did = (
  ctx: Context,
  hook: Pick<Hook, 'headers'>,
  { id, email }: Person,
  action: AuditAction,
  details: Record<string, unknown>,
): Promise<void> =>
  auditEvent(ctx, { ...from(hook), kind: 'user', id, name: email }, action, null, { ...details, ...agent(hook) })

/** A request by a stranger, which may name any address. */
async function requested(ctx: Context, hook: Hook, tried: string): Promise<void> {
  const email = addressOf(tried)
  if (email === null) return
  const known = (await userOfEmail(ctx.db, email)) !== undefined
  const action = 'person.password-reset-request'
  await auditRepeated(ctx, { actor: from(hook), action, subject: email, known, details: { email, ...agent(hook) } })
}

interface Failed {
  method: string
  problem: string
  /** Whose account it was, where that is known without an address. */
  person: Person | null
}

/** Notes a wrong password or code, or one that was refused although it is right. */
export async function auditFailed(ctx: Context, hook: Asked, { method, problem, person }: Failed): Promise<void> {
  const { email: tried } = sentIn(hook)
  const email = person?.email ?? (tried === undefined ? null : addressOf(tried))
  const user = person ?? (email === null ? undefined : await userOfEmail(ctx.db, email))
  await auditRepeated(ctx, {
    actor: from(hook),
    action: 'person.sign-in-failed',
    subject: `${problem} ${method} ${email}`,
    known: user !== undefined,
    details: { email, ...(user ? { userId: user.id } : {}), method, problem, ...agent(hook) },
  })
}

/** Notes that somebody who is signed in was refused a change of their account. */
export async function auditRefusedCall(
  ctx: Context,
  hook: Asked & { path?: string },
  { person, problem }: { person: Person; problem: string },
): Promise<void> {
  const procedure = (hook.path ?? '').slice(1)
  await auditRepeated(ctx, {
    actor: { ...from(hook), kind: 'user', id: person.id, name: person.email },
    action: 'access.refused',
    subject: `${procedure} ${problem}`,
    known: true,
    details: { procedure, problem, ...agent(hook) },
  })
}

/** Notes that a password or code was not checked, after too many guesses. */
export async function auditStopped(ctx: Context, hook: Asked, tried: string): Promise<void> {
  const email = addressOf(tried)
  const known = email !== null && (await userOfEmail(ctx.db, email)) !== undefined
  const details = { email, ...agent(hook) }
  await auditRepeated(ctx, { actor: from(hook), action: 'person.lock-out', subject: `${email}`, known, details })
}

/** The code of a refusal, also of one that is a redirect; null when there is none. */
function problemOf(returned: unknown): string | null {
  if (!isAPIError(returned)) return null
  const location = new Headers(returned.headers).get('location')
  const error = location === null ? (returned.body?.code ?? returned.status) : queryOf(location).get('error')
  return error === null ? null : String(error).slice(0, 100)
}

const queryOf = (location: string): URLSearchParams => new URL(location, 'http://localhost').searchParams

const from = ({ headers }: Pick<Hook, 'headers'>): Actor => anonymous(headers?.get(CLIENT_ADDRESS) ?? null)

function agent({ headers }: Pick<Hook, 'headers'>): { userAgent?: string } {
  const text = headers?.get('user-agent')
  return text ? { userAgent: text.slice(0, 255) } : {}
}

const sent = z.object({ email: z.string(), name: z.string(), token: z.string() }).partial()

/** The fields of the body that are used here; none of a body that has another form. */
const sentIn = ({ body }: Asked): z.output<typeof sent> => sent.safeParse(body).data ?? {}

/** Null for what is no address: it may be a password in the wrong field. */
const addressOf = (typed: string): string | null => emailAddress.safeParse(typed).data ?? null
