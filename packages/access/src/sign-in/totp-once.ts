/**
 * A code of an authenticator app is good for one use. better-auth takes it as often as it is sent while its time lasts.
 * The last time step that was used belongs to the app's secret: an app that is set up again begins without one.
 */
import { createOTP } from '@better-auth/utils/otp'
import type { Context } from '@keyferry/kernel'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { APIError, createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { symmetricDecrypt } from 'better-auth/crypto'
import { z } from 'zod'
import { auditFailed } from './audit-sign-in.ts'
import { pendingUserOf } from './pending-sign-in.ts'

const PERIOD_MS = 30_000
const body = z.object({ code: z.string() })
const kept = z.object({ secret: z.string() })

export function totpOnce(audited: Context): BetterAuthPlugin {
  return {
    id: 'keyferry-totp-once',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/two-factor/verify-totp',
          handler: createAuthMiddleware(async (ctx) => {
            const user = (await getSessionFromCtx(ctx))?.user ?? (await pendingUserOf(ctx))
            const sent = body.safeParse(ctx.body)
            const step = user && sent.success ? await stepOf(ctx, user.id, sent.data.code) : null
            if (!user || step === null || (await claim(audited.db, user.id, step))) return
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

/**
 * The time step that `code` belongs to: the present one, or one beside it as better-auth allows; null for a wrong code.
 */
async function stepOf(ctx: GenericEndpointContext, userId: string, code: string): Promise<number | null> {
  const row = kept.safeParse(
    await ctx.context.adapter.findOne({ model: 'twoFactor', where: [{ field: 'userId', value: userId }] }),
  )
  if (!row.success) return null
  const otp = createOTP(await symmetricDecrypt({ key: ctx.context.secretConfig, data: row.data.secret }))
  const now = Math.floor(Date.now() / PERIOD_MS)
  for (const step of [now - 1, now, now + 1]) if ((await otp.hotp(step)) === code) return step
  return null
}

/** False when this code, or a later one, was used. Of several at the same time one gets it. */
async function claim(db: Context['db'], userId: string, step: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('totpSteps')
    .values({ userId, step })
    .onConflict((conflict) => conflict.column('userId').doUpdateSet({ step }).where('totpSteps.step', '<', step))
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}
