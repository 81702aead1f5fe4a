/**
 * A code of an authenticator app is good for one use. better-auth takes it as often as it is sent while its time lasts.
 * The last time step that was used belongs to the app's secret: an app that is set up again begins without one. It is
 * kept in the store, for all processes, and by this process: without it in the store, a code is not good again.
 */
import { hash } from 'node:crypto'
import { createOTP } from '@better-auth/utils/otp'
import type { Context } from '@keyferry/kernel'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { APIError, createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { symmetricDecrypt } from 'better-auth/crypto'
import { z } from 'zod'
import { auditFailed } from '../audit/audit-sign-in.ts'
import { pendingUserOf } from './pending-sign-in.ts'

const PERIOD_MS = 30_000
/**
 * Steps that two codes which are right at one time are apart at most. A use that is further ahead is from before the
 * clock was set back, and must not keep its owner out for as long as the clock was wrong.
 */
const REACH = 2
const body = z.object({ code: z.string() })
const kept = z.object({ secret: z.string() })
/** A code is right for about 90 seconds, so of older uses nothing has to be remembered. */
const REMEMBERED = 10_000

export function totpOnce(audited: Context): BetterAuthPlugin {
  /** Last time step that this process saw used, by app. */
  const used = new Map<string, number>()
  /** False when this code, or a later one, was used. Of several at the same time one gets it. */
  async function claim(userId: string, { app, step }: Use): Promise<boolean> {
    const last = used.get(app)
    if (last !== undefined && step <= last && last <= step + REACH) return false
    if (!(await claimInStore(audited.db, userId, step))) return false
    if (used.size >= REMEMBERED) used.clear()
    used.set(app, step)
    return true
  }
  return {
    id: 'keyferry-totp-once',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/two-factor/verify-totp',
          handler: createAuthMiddleware(async (ctx) => {
            const user = (await getSessionFromCtx(ctx))?.user ?? (await pendingUserOf(ctx))
            const sent = body.safeParse(ctx.body)
            const use = user && sent.success ? await useOf(ctx, user.id, sent.data.code) : null
            if (!user || use === null || (await claim(user.id, use))) return
            await auditFailed(audited, ctx, { method: 'code', problem: 'CODE_USED', person: user })
            throw new APIError('UNAUTHORIZED', {
              code: 'CODE_USED',
              message: 'This code was used already. Wait for the next one.',
            })
          }),
        },
      ],
      after: [
        {
          // It makes a new secret, which its caller doesn't know before this hook is through.
          matcher: ({ path }) => path === '/two-factor/enable',
          handler: createAuthMiddleware(async (ctx) => {
            const { session, returned } = ctx.context
            if (!session || isAPIError(returned)) return
            await audited.db.deleteFrom('totpSteps').where('userId', '=', session.user.id).execute()
          }),
        },
      ],
    },
  }
}

interface Use {
  /** Names the app by its secret. */
  app: string
  step: number
}

/**
 * The time step that `code` belongs to: the present one, or one beside it as better-auth allows; null for a wrong code.
 */
async function useOf(ctx: GenericEndpointContext, userId: string, code: string): Promise<Use | null> {
  const row = kept.safeParse(
    await ctx.context.adapter.findOne({ model: 'twoFactor', where: [{ field: 'userId', value: userId }] }),
  )
  if (!row.success) return null
  const secret = await symmetricDecrypt({ key: ctx.context.secretConfig, data: row.data.secret })
  const otp = createOTP(secret)
  const now = Math.floor(Date.now() / PERIOD_MS)
  for (const step of [now - 1, now, now + 1])
    if ((await otp.hotp(step)) === code) return { app: hash('sha256', secret, 'base64url'), step }
  return null
}

async function claimInStore(db: Context['db'], userId: string, step: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('totpSteps')
    .values({ userId, step })
    .onConflict((conflict) =>
      conflict
        .column('userId')
        .doUpdateSet({ step })
        .where((eb) => eb.or([eb('totpSteps.step', '<', step), eb('totpSteps.step', '>', step + REACH)])),
    )
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}
