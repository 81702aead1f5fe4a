/**
 * Signing in by a link that an operator made on the command line: the way in when every other one is shut. A plugin of
 * better-auth.
 */
import { randomBytes } from 'node:crypto'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'
import type { BetterAuth } from './better-auth.ts'

/** Milliseconds that a link works. */
const LINK_MS = 15 * 60_000

const linkIdentifier = (token: string): string => `sign-in-link:${token}`

/** A token that signs a person in once. */
export async function createSignInLink(auth: BetterAuth, userId: string): Promise<string> {
  const { internalAdapter } = await auth.$context
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(Date.now() + LINK_MS)
  await internalAdapter.createVerificationValue({ identifier: linkIdentifier(token), value: userId, expiresAt })
  return token
}

/** `POST /api/auth/sign-in-link`. */
export function signInLinks(): BetterAuthPlugin {
  return {
    id: 'keyferry-sign-in-links',
    endpoints: {
      signInByLink: createAuthEndpoint(
        '/sign-in-link',
        { method: 'POST', body: z.object({ token: z.string() }) },
        async (ctx) => {
          const { internalAdapter } = ctx.context
          // Of two who open it at the same time one gets in.
          const link = await internalAdapter.consumeVerificationValue(linkIdentifier(ctx.body.token))
          const user = link && (await internalAdapter.findUserById(link.value))
          const session = user && (await internalAdapter.createSession(user.id))
          if (!session)
            throw new APIError('BAD_REQUEST', {
              code: 'INVALID_LINK',
              message: 'This link was used before, or is too old. Ask the operator for a new one.',
            })
          await setSessionCookie(ctx, { session, user })
          return ctx.json({ status: true })
        },
      ),
    },
  }
}
