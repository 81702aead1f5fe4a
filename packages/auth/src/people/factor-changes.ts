/**
 * Changes of the factors that a person signs in with. Whoever has one proves it again for each change: a password, or a session that was
 * left open, must not be enough to take it away. Afterwards nothing stays open that was opened before. A plugin of better-auth.
 */
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { APIError, createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { endOtherSessions } from './endings.ts'

/** They need a proof when a factor is set. */
const GUARDED = new Set([
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/get-totp-uri',
  '/two-factor/generate-backup-codes',
  '/passkey/verify-registration',
  '/passkey/delete-passkey',
])
/** A right code, sent by who is signed in, is a proof. */
const PROVING = new Set(['/two-factor/verify-totp', '/two-factor/verify-backup-code'])
/** Milliseconds that a proof waits for its change. */
const PROOF_MS = 5 * 60_000

const proofOf = (token: string): string => `factor-proof:${token}`

export function factorChanges(): BetterAuthPlugin {
  return {
    id: 'keyferry-factor-changes',
    hooks: {
      before: [{ matcher: ({ path }) => GUARDED.has(path ?? ''), handler: createAuthMiddleware(demandProof) }],
      after: [
        { matcher: ({ path }) => PROVING.has(path ?? ''), handler: createAuthMiddleware(afterCode) },
        { matcher: ({ path }) => GUARDED.has(path ?? ''), handler: createAuthMiddleware(afterChange) },
      ],
    },
  }
}

async function demandProof(ctx: GenericEndpointContext): Promise<void> {
  const signedIn = await getSessionFromCtx(ctx)
  if (!signedIn || !(await hasFactor(ctx, signedIn.user.id))) return
  // Of several changes at the same time one gets it.
  const proof = await ctx.context.internalAdapter.consumeVerificationValue(proofOf(signedIn.session.token))
  if (proof?.value === signedIn.user.id) return
  throw new APIError('FORBIDDEN', {
    code: 'SECOND_FACTOR_NEEDED',
    message: 'Confirm this change first with a code of your authenticator app, a recovery code or a passkey.',
  })
}

async function afterCode(ctx: Answered): Promise<void> {
  const { session, newSession, returned } = ctx.context
  if (isAPIError(returned) || !session) return
  // Only setting up an app makes a new session for somebody who has one.
  if (newSession) await endOtherSessions(ctx, session.user.id, newSession.session.token)
  else await keepProof(ctx, session)
}

async function keepProof({ context }: GenericEndpointContext, signedIn: SignedIn): Promise<void> {
  await context.internalAdapter.createVerificationValue({
    identifier: proofOf(signedIn.session.token),
    value: signedIn.user.id,
    expiresAt: new Date(Date.now() + PROOF_MS),
  })
}

async function afterChange(ctx: Answered): Promise<void> {
  const { session, newSession, returned } = ctx.context
  // An app that was only begun to be set up is no factor yet; showing its secret changes nothing.
  if (isAPIError(returned) || !session || ctx.path === '/two-factor/enable' || ctx.path === '/two-factor/get-totp-uri')
    return
  await endOtherSessions(ctx, session.user.id, (newSession ?? session).session.token)
}

/** After a hook's endpoint: what it answers, or why it refused. */
type Answered = GenericEndpointContext & { context: { returned?: unknown } }

interface SignedIn {
  session: { token: string }
  user: { id: string }
}

/** An app that was set up to the end. */
async function hasFactor({ context }: GenericEndpointContext, userId: string): Promise<boolean> {
  const where = [{ field: 'userId', value: userId }]
  const app = await context.adapter.findOne<{ verified: boolean | null }>({ model: 'twoFactor', where })
  return app !== null && app.verified !== false
}
