import { audit } from '@keyferry/core/audit'
import type { Actor, Context } from '@keyferry/core/context'
import { NotFound } from '@keyferry/core/errors'
import type { Auth } from '../auth.ts'
import { RESET_SECONDS } from '../better-auth.ts'
import { usersOf } from './users.ts'

/** Where the console asks for the new password. */
const linkOf = (baseUrl: string, token: string): string =>
  `${baseUrl}/reset-password?token=${encodeURIComponent(token)}`

/** Without e-mail an instance admin makes the link: whoever asked has to ask them. */
export async function mailReset(
  { mail, log, baseUrl }: Pick<Context, 'mail' | 'log'> & { baseUrl: string },
  to: string,
  token: string,
): Promise<void> {
  if (!mail) return
  try {
    await mail.send({
      to,
      subject: 'Set a new password for Keyferry',
      text: `Someone, probably you, asked to set a new password for Keyferry. Within ${RESET_SECONDS / 60} minutes, open\n\n${linkOf(baseUrl, token)}\n\nIf it was not you, do nothing: the password stays as it is.\n`,
    })
  } catch (error) {
    log.warn({ part: 'auth', err: error }, 'the mail to set a new password was not sent')
  }
}

/** A link that sets the person's password, for an instance admin to hand over. Throws `NotFound`. */
export async function makeResetLink(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  { userId }: { userId: string },
): Promise<{ link: string; expiresAt: string }> {
  const [user] = await usersOf(ctx.db, [userId])
  if (!user) throw new NotFound(`Person with ID ${userId} not found`)
  const token = await auth.createReset(userId)
  await ctx.db
    .transaction()
    .execute((tx) => audit(ctx, tx, actor, 'person.reset-link', null, { userId, email: user.email }))
  return { link: linkOf(auth.baseUrl, token), expiresAt: new Date(Date.now() + RESET_SECONDS * 1000).toISOString() }
}
