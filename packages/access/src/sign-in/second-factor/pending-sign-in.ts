import type { GenericEndpointContext, User } from 'better-auth'

/** As the plugin for two factors names it. */
const PENDING = 'two_factor'

/** Whose password was right, while the second factor is still missing; null without such a sign-in. */
export async function pendingUserOf(ctx: GenericEndpointContext): Promise<User | null> {
  const identifier = await ctx.getSignedCookie(ctx.context.createAuthCookie(PENDING).name, ctx.context.secret)
  if (!identifier) return null
  const pending = await ctx.context.internalAdapter.findVerificationValue(identifier)
  if (!pending || pending.expiresAt <= new Date()) return null
  return ctx.context.internalAdapter.findUserById(pending.value)
}
