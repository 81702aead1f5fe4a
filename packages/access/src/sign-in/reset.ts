import {
  audit,
  NotFound,
  OnlyByProvider,
  TooManyRequests,
  transactChecked,
  Unavailable,
  type Actor,
  type Context,
  type Mailer,
} from '@keyferry/kernel'
import { userOfEmail, usersOf } from '../people/users.ts'
import { beginGuess, type Schedule } from './guesses/attempts.ts'
import type { Auth } from './auth.ts'
import { RESET_SECONDS } from './reset-tokens.ts'
import { accountKey } from './guesses/known-devices.ts'

type MailContext = Pick<Context, 'db' | 'now' | 'mail' | 'log'>

/** Mails to one address. */
const MAILS: Schedule = { free: 3, delays: [60, 300, 900] }

/** Where the console asks for the new password. */
const linkOf = (baseUrl: string, token: string): string =>
  `${baseUrl}/reset-password?token=${encodeURIComponent(token)}`

/** Throws `TooManyRequests` when this account was sent several a moment ago, or what the mail server said. */
async function sendReset(ctx: MailContext, mail: Mailer, baseUrl: string, to: string, token: string): Promise<void> {
  await beginGuess(ctx, `reset-mail:${accountKey(to)}`, MAILS)
  await mail.send({
    to,
    subject: 'Set a new password for Keyferry',
    text: `Someone, probably you, asked to set a new password for Keyferry. Within ${RESET_SECONDS / 60} minutes, open\n\n${linkOf(baseUrl, token)}\n\nIf it was not you, do nothing: your password does not change.\n`,
  })
}

/**
 * Mails the link, unless this account was sent several a moment ago: requests by strangers must not fill a mailbox, and
 * the last link still works. Without email an instance admin makes the link.
 */
export async function mailReset(ctx: MailContext, baseUrl: string, to: string, token: string): Promise<void> {
  if (!ctx.mail) return
  try {
    await sendReset(ctx, ctx.mail, baseUrl, to, token)
  } catch (error) {
    if (!(error instanceof TooManyRequests)) logUnsent(ctx, error)
  }
}

/**
 * A link that sets the person's password. It is mailed to them, so nobody else can use it; without email the instance
 * admin gets it, to hand it over. Throws `NotFound`, `TooManyRequests` after several mails, and `Unavailable` when the
 * mail was not sent.
 */
export async function makeResetLink(
  ctx: Context,
  auth: Auth,
  actor: Actor,
  { userId }: { userId: string },
): Promise<{ link: string | null; mailed: boolean; expiresAt: string }> {
  const { mail } = ctx
  const [user] = await usersOf(ctx.db, [userId])
  if (!user) throw new NotFound(`Person with ID ${userId} not found`)
  if (!auth.signInWith.includes('password')) throw new OnlyByProvider()
  const token = await auth.createReset(userId, { mailed: mail !== null })
  const expiresAt = new Date(Date.now() + RESET_SECONDS * 1000).toISOString()
  await transactChecked(ctx, (tx) => audit(ctx, tx, actor, 'person.reset-link', null, { userId, email: user.email }))
  if (!mail) return { link: linkOf(auth.baseUrl, token), mailed: false, expiresAt }
  await sendReset(ctx, mail, auth.baseUrl, user.email, token).catch((error: unknown) => {
    if (error instanceof TooManyRequests) throw error
    logUnsent(ctx, error)
    throw new Unavailable(`The mail to ${user.email} was not sent. See the server log and check SMTP_URL.`)
  })
  return { link: null, mailed: true, expiresAt }
}

/**
 * A link that signs a person in once, within 15 minutes, without password and second factor: for an operator whose
 * provider is out of reach. `email` in lower case. Throws `NotFound`.
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
  await transactChecked(ctx, (tx) => audit(ctx, tx, actor, 'person.sign-in-link', null, { userId: user.id, email }))
  return { link: `${auth.baseUrl}/sign-in/link?token=${encodeURIComponent(token)}` }
}
const logUnsent = ({ log }: Pick<Context, 'log'>, error: unknown): void =>
  log.warn({ part: 'auth', err: error }, 'the mail to set a new password was not sent')
