/** Counts guesses at passwords and codes per account, before they are checked. A plugin of better-auth. */
import type { Context } from '@keyferry/kernel'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { beginGuess, GUESSES, type Guess } from './attempts.ts'
import { auditStopped } from '../audit/audit-sign-in.ts'
import { accountKey, deviceOf, rememberDevice } from './known-devices.ts'
import { pendingUserOf } from '../second-factor/pending-sign-in.ts'

interface Options {
  ctx: Context
  /** Alerts the owner of an account about guessing. */
  warn(email: string): void
}

const signIn = z.object({ email: z.string() })

/** Where a signed-in person says their password. */
const PASSWORDS = new Set([
  '/change-password',
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/get-totp-uri',
  '/two-factor/generate-backup-codes',
  '/passkey/verify-registration',
])
const CODES = new Set(['/two-factor/verify-totp', '/two-factor/verify-backup-code'])
const COUNTED = new Set(['/sign-in/email', ...PASSWORDS, ...CODES])

export function guesses({ ctx: counting, warn }: Options): BetterAuthPlugin {
  const begun = new WeakMap<object, Guess>()

  /** What is guessed at, and whose it is; null when it is nobody's. */
  async function guessedAt(ctx: GenericEndpointContext): Promise<{ what: string; email: string } | null> {
    const path = ctx.path ?? ''
    if (path === '/sign-in/email') {
      const { data } = signIn.safeParse(ctx.body)
      return data ? { what: 'password', email: data.email } : null
    }
    const user = (await getSessionFromCtx(ctx))?.user ?? (await pendingUserOf(ctx))
    return user ? { what: CODES.has(path) ? 'code' : 'password', email: user.email } : null
  }

  return {
    id: 'keyferry-guesses',
    hooks: {
      before: [
        {
          matcher: ({ path }) => COUNTED.has(path ?? ''),
          handler: createAuthMiddleware(async (ctx) => {
            const guessed = await guessedAt(ctx)
            if (!guessed) return
            const device = await deviceOf(ctx, guessed.email)
            const guess = await beginGuess(
              counting,
              [guessed.what, accountKey(guessed.email), ...(device === null ? [] : [device])].join(':'),
            ).catch(async (error: unknown) => {
              await auditStopped(counting, ctx, guessed.email)
              throw error
            })
            begun.set(ctx.context, guess)
            if (guess.failures === GUESSES.free && device === null) warn(guessed.email)
          }),
        },
      ],
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (ctx) => {
            const { newSession, returned } = ctx.context
            if (!isAPIError(returned)) await begun.get(ctx.context)?.succeeded()
            if (newSession) await rememberDevice(ctx, newSession.user.email)
          }),
        },
      ],
    },
  }
}
