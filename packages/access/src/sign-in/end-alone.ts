/**
 * Sessions and passkeys that a person ends one at a time. The row may have been taken out of the database before, to be
 * put back later: better-auth finds nothing to delete then, and the row ends all the same if this process has read it.
 * A plugin of better-auth.
 */
import { endMissing, withOwnNames, type ToEnd } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { z } from 'zod'

const ENDING = new Set(['/sign-out', '/revoke-session', '/passkey/delete-passkey'])
const sent = z.object({ token: z.string(), id: z.string() }).partial()

export function endAlone(audited: Context): BetterAuthPlugin {
  const toEnd = new WeakMap<object, ToEnd>()
  const matcher = ({ path }: { path?: string }): boolean => ENDING.has(path ?? '')
  return {
    id: 'keyferry-end-alone',
    hooks: {
      // Before better-auth takes the caller's own session out.
      before: [
        {
          matcher,
          handler: createAuthMiddleware(async (ctx) => {
            const row = await rowToEnd(ctx)
            if (row) toEnd.set(ctx.context, row)
          }),
        },
      ],
      after: [
        {
          matcher,
          handler: createAuthMiddleware(async (ctx) => {
            const row = toEnd.get(ctx.context)
            const { returned } = ctx.context
            const isRefused = isAPIError(returned) && returned.body?.code !== 'PASSKEY_NOT_FOUND'
            if (row && !isRefused) await endMissing(withOwnNames(audited.db), audited.authority, row)
          }),
        },
      ],
    },
  }
}

/** The row that a call ends; null when it names none of its caller's. */
async function rowToEnd(ctx: GenericEndpointContext): Promise<ToEnd | null> {
  if (ctx.path === '/sign-out') {
    const { authCookies, secret } = ctx.context
    const token = await ctx.getSignedCookie(authCookies.sessionToken.name, secret)
    return token ? { table: 'session', values: { token } } : null
  }
  const { id, token } = sent.safeParse(ctx.body).data ?? {}
  const signedIn = await getSessionFromCtx(ctx)
  if (!signedIn) return null
  const userId = signedIn.user.id
  if (ctx.path === '/passkey/delete-passkey')
    return id === undefined ? null : { table: 'passkey', values: { id, userId } }
  return token === undefined ? null : { table: 'session', values: { token, userId } }
}
