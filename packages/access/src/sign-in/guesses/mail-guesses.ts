import type { Context } from '@keyferry/kernel'
import { userOfEmail } from '../../people/users.ts'
import { GUESSES } from './attempts.ts'

/** Alerts the owner of an account that somebody guesses its password or code. Does not reject. */
export async function mailGuesses(
  ctx: Pick<Context, 'db' | 'mail' | 'log'>,
  baseUrl: string,
  email: string,
): Promise<void> {
  if (!ctx.mail) return
  try {
    const user = await userOfEmail(ctx.db, email.trim().toLowerCase())
    if (!user) return
    await ctx.mail.send({
      to: user.email,
      subject: 'Failed sign-ins to your Keyferry account',
      text: `Signing in to your account at ${baseUrl} failed ${GUESSES.free} times in a row on a device that was not used for it before. If that was not you, you need not do anything: further attempts there are slowed down, and your own devices are not. If you used the password elsewhere, change it.\n`,
    })
  } catch (error) {
    ctx.log.warn({ part: 'auth', err: error }, 'the mail about failed sign-ins was not sent')
  }
}
