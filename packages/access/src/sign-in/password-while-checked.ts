/**
 * Checking a password takes a moment, in which a new one or a second factor can be set. That ends the sessions of this
 * moment, but not the one that the check is about to open, so the password is read again once there is a session. A
 * plugin of better-auth.
 */
import type { Context } from '@keyferry/kernel'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { endOpenDoors } from '../people/endings.ts'
import { passwordOf, userOfEmail, type Password } from '../people/users.ts'

const sent = z.object({ email: z.string(), password: z.string() })
const matcher = ({ path }: { path?: string }): boolean => path === '/sign-in/email'

export function passwordWhileChecked({ db }: Pick<Context, 'db'>): BetterAuthPlugin {
  const before = new WeakMap<object, { userId: string; checked: Password }>()
  return {
    id: 'keyferry-password-while-checked',
    hooks: {
      before: [
        {
          matcher,
          handler: createAuthMiddleware(async ({ body, context }) => {
            const { email } = sent.safeParse(body).data ?? {}
            const user = email === undefined ? undefined : await userOfEmail(db, email.toLowerCase())
            const checked = user && (await passwordOf(db, user.id))
            if (checked) before.set(context, { userId: user.id, checked })
          }),
        },
      ],
      after: [
        {
          matcher,
          handler: createAuthMiddleware(async (ctx) => {
            const known = before.get(ctx.context)
            const { newSession, returned, password } = ctx.context
            if (!known || isAPIError(returned)) return
            const now = await passwordOf(db, known.userId)
            const isFactorNew = newSession !== null && now?.hasFactor === true && !known.checked.hasFactor
            // Another hash may be one of the same password: an older one is replaced by its check.
            const isRight =
              now !== undefined &&
              (now.hash === known.checked.hash ||
                (await password.verify({ hash: now.hash, password: sent.parse(ctx.body).password })))
            if (isRight && !isFactorNew) return
            if (newSession) await ctx.context.internalAdapter.deleteSession(newSession.session.token)
            ctx.context.setNewSession(null)
            await endOpenDoors(ctx, known.userId)
            throw new APIError('UNAUTHORIZED', {
              code: 'CHANGED_MEANWHILE',
              message: 'The password or the second factor was just changed. Sign in again.',
            })
          }),
        },
      ],
    },
  }
}
