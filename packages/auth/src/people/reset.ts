import { audit } from '@keyferry/core/audit'
import type { Actor, Context } from '@keyferry/core/context'
import { NotFound, OnlyByProvider, TooManyRequests } from '@keyferry/core/errors'
import { beginGuess, type Schedule } from '../attempts.ts'
import type { Auth } from '../auth.ts'
import { RESET_SECONDS } from '../better-auth.ts'
import { accountKey } from './known-devices.ts'
import { userOfEmail, usersOf } from './users.ts'

/** Mails to one address. */
const MAILS: Schedule = { free: 3, delays: [60, 300, 900] }

/** Where the console asks for the new password. */
const linkOf = (baseUrl: string, token: string): string =>
  `${baseUrl}/reset-password?token=${encodeURIComponent(token)}`

/**
 * Mails the link, unless this account was sent several a moment ago: requests by strangers must not fill a mailbox, and the last link still
 * works. Without e-mail an instance admin makes the link.
 */
export async function mailReset(
  ctx: Pick<Context, 'db' | 'now' | 'mail' | 'log'>,
  baseUrl: string,
  to: string,
  token: string,
): Promise<void> {
  if (!ctx.mail) return
  try {
    await beginGuess(ctx, `reset-mail:${accountKey(to)}`, MAILS)
    await ctx.mail.send({
      to,
      subject: 'Set a new password for Keyferry',
      text: `Someone, probably you, asked to set a new password for Keyferry. Within ${RESET_SECONDS / 60} minutes, open\n\n${linkOf(baseUrl, token)}\n\nIf it was not you, do nothing: the password stays as it is.\n`,
    })
  } catch (error) {
    if (error instanceof TooManyRequests) return
    ctx.log.warn({ part: 'auth', err: error }, 'the mail to set a new password was not sent')
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
  if (!auth.signInWith.includes('password')) throw new OnlyByProvider()
  const token = await auth.createReset(userId)
  await ctx.db
    .transaction()
    .execute((tx) => audit(ctx, tx, actor, 'person.reset-link', null, { userId, email: user.email }))
  return { link: linkOf(auth.baseUrl, token), expiresAt: new Date(Date.now() + RESET_SECONDS * 1000).toISOString() }
}

/**
 * A link that signs a person in once, within 15 minutes, without password and second factor: for an operator whose provider is out of reach.
 * `email` in lower case. Throws `NotFound`.
 */
export async function makeSignInLink(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  { email }: { email: string },
): Promise<{ link: string }> {
  const user = await userOfEmail(ctx.db, email)
  if (!user) throw new NotFound(`There is no account with the address ${email}`)
  const token = await auth.createSignInLink(user.id)
  await ctx.db
    .transaction()
    .execute((tx) => audit(ctx, tx, actor, 'person.sign-in-link', null, { userId: user.id, email }))
  return { link: `${auth.baseUrl}/sign-in/link?token=${encodeURIComponent(token)}` }
}
