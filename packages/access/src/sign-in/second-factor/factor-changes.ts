/**
 * Changes of the factors that a person signs in with. A person who has one proves it again for each change: a password,
 * or a session that was left open, must not be enough to take it away. Afterwards nothing stays open that was opened
 * before. A plugin of better-auth.
 */
import { IntegrityBroken, type Context } from '@keyferry/kernel'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import {
  APIError,
  createAuthEndpoint,
  createAuthMiddleware,
  getSessionFromCtx,
  isAPIError,
  sessionMiddleware,
} from 'better-auth/api'
import { z } from 'zod'
import { endOtherSessions } from '../../people/endings.ts'
import { auditFailed, auditRefusedCall } from '../audit/audit-sign-in.ts'

/** They need a proof when a factor is set. */
const GUARDED = new Set([
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/get-totp-uri',
  '/two-factor/generate-backup-codes',
  '/passkey/verify-registration',
  '/passkey/delete-passkey',
])
/** Of these, what changes something: an app that is only begun to be set up is no factor yet. */
const CHANGING = new Set(
  [...GUARDED].filter((path) => path !== '/two-factor/enable' && path !== '/two-factor/get-totp-uri'),
)
/** A right code, sent by who is signed in, is a proof. */
const CODES = new Set(['/two-factor/verify-totp', '/two-factor/verify-backup-code'])
/** So is a passkey; it begins a new session, which takes the place of the one before. */
const PASSKEY = '/passkey/verify-authentication'
/** Milliseconds that a proof waits for its change. */
const PROOF_MS = 5 * 60_000

interface SignedIn {
  session: { token: string }
  user: { id: string; email: string }
}
/** After a hook's endpoint: what it answers, or why it refused. */
type Answered = GenericEndpointContext & { context: { returned?: unknown } }

export function factorChanges(audited: Context): BetterAuthPlugin {
  const before = new WeakMap<object, SignedIn>()
  const on = (paths: ReadonlySet<string>) => (ctx: { path?: string }) => paths.has(ctx.path ?? '')
  return {
    id: 'keyferry-factor-changes',
    endpoints: {
      listFactors: createAuthEndpoint('/factors', { method: 'GET', use: [sessionMiddleware] }, async (ctx) =>
        ctx.json(await factorsOf(ctx, ctx.context.session.user.id)),
      ),
    },
    hooks: {
      before: [
        { matcher: on(GUARDED), handler: createAuthMiddleware((ctx) => demandProof(audited, ctx)) },
        {
          matcher: on(new Set([PASSKEY])),
          handler: createAuthMiddleware(async (ctx) => {
            const signedIn = await getSessionFromCtx(ctx)
            if (signedIn) before.set(ctx.context, signedIn)
          }),
        },
      ],
      after: [
        { matcher: on(CODES), handler: createAuthMiddleware((ctx) => afterCode(audited, ctx)) },
        {
          matcher: on(new Set([PASSKEY])),
          handler: createAuthMiddleware(async (ctx) => {
            const { newSession } = ctx.context
            const old = before.get(ctx.context)
            if (!newSession || old?.user.id !== newSession.user.id) return
            await ctx.context.internalAdapter.deleteSession(old.session.token)
            await keepProof(ctx, newSession)
          }),
        },
        { matcher: on(CHANGING), handler: createAuthMiddleware((ctx) => afterChange(audited, ctx)) },
        { matcher: on(new Set(['/sign-in/email'])), handler: createAuthMiddleware(offerPasskey) },
      ],
    },
  }
}

async function demandProof(audited: Context, ctx: GenericEndpointContext): Promise<void> {
  const signedIn = await getSessionFromCtx(ctx)
  if (!signedIn) return
  const { user } = signedIn
  if (ctx.path === '/passkey/verify-registration')
    await ctx.context.password.checkPassword(user.id, ctx).catch(async (error: unknown) => {
      await auditFailed(audited, ctx, { method: 'password', problem: 'INVALID_PASSWORD', person: user })
      throw error
    })
  const { app, passkey } = await factorsOf(ctx, user.id)
  // The account says so under its seal.
  if (!app && !passkey && user.twoFactorEnabled)
    throw new IntegrityBroken(
      'The second factor of this account was removed outside Keyferry, so the account is not changed. Restore a backup, or ask an instance admin to reset the second factor.',
    )
  if (!app && !passkey) return
  // Of several changes at the same time one gets it.
  const proof = await ctx.context.internalAdapter.consumeVerificationValue(proofOf(signedIn))
  if (proof?.value === user.id) return
  await auditRefusedCall(audited, ctx, { person: user, problem: 'SECOND_FACTOR_NEEDED' })
  throw new APIError('FORBIDDEN', {
    code: 'SECOND_FACTOR_NEEDED',
    message: 'Confirm this change first with a code of your authenticator app, a recovery code or a passkey.',
  })
}

async function afterCode(kernel: Context, ctx: Answered): Promise<void> {
  const { session, newSession, returned } = ctx.context
  if (isAPIError(returned) || !session) return
  // Only setting up an app makes a new session for somebody who has one.
  if (newSession) await endOtherSessions(kernel, ctx, session.user.id, newSession.session.token)
  else await keepProof(ctx, session)
}

async function afterChange(kernel: Context, ctx: Answered): Promise<void> {
  const { session, newSession, returned } = ctx.context
  if (isAPIError(returned) || !session) return
  const { app, passkey } = await factorsOf(ctx, session.user.id)
  await ctx.context.internalAdapter.updateUser(session.user.id, { twoFactorEnabled: app || passkey })
  await endOtherSessions(kernel, ctx, session.user.id, (newSession ?? session).session.token)
}

const pending = z.looseObject({ twoFactorRedirect: z.literal(true), twoFactorMethods: z.array(z.string()) })
const named = z.object({ email: z.string() })

/** Where the password is not enough, the answer names each factor that the account has. */
async function offerPasskey(ctx: Answered): Promise<unknown> {
  const answer = pending.safeParse(ctx.context.returned)
  const body = named.safeParse(ctx.body)
  const found = body.success ? await ctx.context.internalAdapter.findUserByEmail(body.data.email) : null
  if (!answer.success || !found || !(await factorsOf(ctx, found.user.id)).passkey) return undefined
  return ctx.json({ ...answer.data, twoFactorMethods: [...answer.data.twoFactorMethods, 'passkey'] })
}

const proofOf = ({ session }: SignedIn): string => `factor-proof:${session.token}`

async function keepProof({ context }: GenericEndpointContext, signedIn: SignedIn): Promise<void> {
  await context.internalAdapter.createVerificationValue({
    identifier: proofOf(signedIn),
    value: signedIn.user.id,
    expiresAt: new Date(Date.now() + PROOF_MS),
  })
}

/** `app`: an authenticator app that was set up to the end. */
async function factorsOf(
  { context }: GenericEndpointContext,
  userId: string,
): Promise<{ app: boolean; passkey: boolean }> {
  const where = [{ field: 'userId', value: userId }]
  const app = await context.adapter.findOne<{ verified: boolean | null }>({ model: 'twoFactor', where })
  const passkey = await context.adapter.findOne({ model: 'passkey', where })
  return { app: app !== null && app.verified !== false, passkey: passkey !== null }
}
