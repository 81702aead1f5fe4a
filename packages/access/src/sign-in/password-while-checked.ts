/**
 * Checking a password takes a moment, in which a new one or a second factor can be set. That ends what the password was
 * good for at this moment, but not what the check is about to begin, so the password is read again: once there is a
 * session, and before a new password is written. A plugin of better-auth.
 */
import type { Context } from '@keyferry/kernel'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { APIError, createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { endOpenDoors } from '../people/endings.ts'
import { PASSWORD, passwordOf, userOfEmail, type Password } from '../people/users.ts'

const SIGN_IN = '/sign-in/email'
const CHANGE = '/change-password'
const signIn = z.object({ email: z.string(), password: z.string() })
const change = z.object({ currentPassword: z.string() })

/** A password that is being checked. */
interface Checked {
  userId: string
  /** As it was sent. */
  password: string
  /** As it was kept before the check. */
  kept: Password
}

export function passwordWhileChecked({ db }: Pick<Context, 'db'>): BetterAuthPlugin {
  const begun = new WeakMap<object, Checked>()

  async function sentIn(ctx: GenericEndpointContext): Promise<Omit<Checked, 'kept'> | null> {
    if (ctx.path === CHANGE) {
      const userId = (await getSessionFromCtx(ctx))?.user.id
      const { data } = change.safeParse(ctx.body)
      return data && userId !== undefined ? { userId, password: data.currentPassword } : null
    }
    const { data } = signIn.safeParse(ctx.body)
    const user = data && (await userOfEmail(db, data.email.toLowerCase()))
    return user ? { userId: user.id, password: data.password } : null
  }

  /** Whether the password is still right, and enough where it was. */
  async function isStillGood(ctx: GenericEndpointContext, checked: Checked): Promise<boolean> {
    const now = await passwordOf(db, checked.userId)
    return now !== undefined && (!now.hasFactor || checked.kept.hasFactor) && isSame(ctx, checked, now.hash)
  }

  return {
    id: 'keyferry-password-while-checked',
    init: () => ({
      options: {
        databaseHooks: {
          account: {
            update: {
              // Inside better-auth's transaction, in which nothing else reads the store.
              async before(_account, ctx) {
                const checked = ctx?.path === CHANGE ? begun.get(ctx.context) : undefined
                if (!ctx || !checked) return
                const { internalAdapter } = ctx.context
                const own = (await internalAdapter.findAccounts(checked.userId)).find(
                  ({ providerId }) => providerId === PASSWORD,
                )
                if (!(await isSame(ctx, checked, own?.password))) throw changedMeanwhile()
              },
            },
          },
        },
      },
    }),
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === SIGN_IN || path === CHANGE,
          handler: createAuthMiddleware(async (ctx) => {
            const sent = await sentIn(ctx)
            const kept = sent && (await passwordOf(db, sent.userId))
            if (kept) begun.set(ctx.context, { ...sent, kept })
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === SIGN_IN,
          handler: createAuthMiddleware(async (ctx) => {
            const checked = begun.get(ctx.context)
            const { newSession, returned } = ctx.context
            if (!checked || isAPIError(returned) || (await isStillGood(ctx, checked))) return
            if (newSession) await ctx.context.internalAdapter.deleteSession(newSession.session.token)
            ctx.context.setNewSession(null)
            await endOpenDoors(ctx, checked.userId)
            throw changedMeanwhile()
          }),
        },
      ],
    },
  }
}

/** Whether the password that is kept now is the one that is checked. */
async function isSame(
  { context }: GenericEndpointContext,
  { password, kept }: Checked,
  hash: string | null | undefined,
): Promise<boolean> {
  if (!hash) return false
  // Another hash may be one of the same password: its check replaces an older one.
  return hash === kept.hash || context.password.verify({ hash, password })
}

const changedMeanwhile = (): APIError =>
  new APIError('UNAUTHORIZED', {
    code: 'CHANGED_MEANWHILE',
    message: 'The password or the second factor was just changed. Sign in again.',
  })
