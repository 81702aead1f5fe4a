/** What holds for a new password, whichever of better-auth's endpoints sets it, and what ends with the old one. */
import { transact, type Context, type Tx } from '@keyferry/kernel'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { z } from 'zod'
import { refuseCommon } from './common-passwords.ts'
import { endOpenDoors } from './endings.ts'
import { endEarlierPasswords } from './users.ts'

const PATHS = new Set(['/change-password', '/reset-password'])
const change = z.object({ newPassword: z.string(), token: z.string().optional() })

/** Whose password the request sets; null when a link is not good, which better-auth refuses. */
async function ownerOf(ctx: GenericEndpointContext, token: string | undefined) {
  if (ctx.path === '/change-password') return (await getSessionFromCtx(ctx))?.user ?? null
  const link = await ctx.context.internalAdapter.findVerificationValue(`reset-password:${token ?? ''}`)
  return link ? ctx.context.internalAdapter.findUserById(link.value) : null
}

/** What no password may be: the organization's name, and the words that the operator named. */
export async function bannedWords(db: Context['db'] | Tx, named: readonly string[]): Promise<string[]> {
  const organization = await db.selectFrom('organizations').select('name').executeTakeFirst()
  return [...named, ...(organization ? [organization.name] : [])]
}

/** `named`: words that the operator banned. */
export function passwordRules(context: Context, named: readonly string[]): BetterAuthPlugin {
  const owners = new WeakMap<object, string>()
  return {
    id: 'keyferry-password-rules',
    hooks: {
      before: [
        {
          matcher: ({ path }) => PATHS.has(path ?? ''),
          handler: createAuthMiddleware(async (ctx) => {
            const sent = change.safeParse(ctx.body)
            const owner = sent.success ? await ownerOf(ctx, sent.data.token) : null
            if (!sent.success || !owner) return undefined
            const words = await bannedWords(context.db, named)
            refuseCommon(sent.data.newPassword, { email: owner.email, words }, 'newPassword')
            owners.set(ctx.context, owner.id)
            return ctx.path === '/change-password' ? { context: { body: { revokeOtherSessions: true } } } : undefined
          }),
        },
      ],
      after: [
        {
          matcher: ({ path }) => PATHS.has(path ?? ''),
          handler: createAuthMiddleware(async (ctx) => {
            const owner = owners.get(ctx.context)
            if (owner === undefined || isAPIError(ctx.context.returned)) return
            await transact(context, (tx) => endEarlierPasswords(context, tx, owner))
            await endOpenDoors(ctx, owner)
          }),
        },
      ],
    },
  }
}
