/**
 * Sign-in by email and password, with a second factor where the account has one: better-auth's routes, 1.x, 2026-11.
 */
import { z } from 'zod'
import { Failure } from '../failure.ts'

const answered = z.looseObject({ message: z.string().optional(), twoFactorRedirect: z.boolean().optional() })

/** The cookies of a session. `askCode` is called where a second factor is needed. Throws `Failure`. */
export async function signIn(
  url: string,
  credentials: { email: string; password: string },
  askCode: () => string | Promise<string>,
): Promise<string> {
  const first = await post(url, 'sign-in/email', credentials, '')
  if (first.problem !== null) throw new Failure(first.problem, 'Check the email address and the password.')
  if (!first.twoFactor) return first.cookies
  const code = (await askCode()).replaceAll(' ', '')
  // What is no six digits is a recovery code.
  const route = /^\d{6}$/.test(code) ? 'two-factor/verify-totp' : 'two-factor/verify-backup-code'
  const second = await post(url, route, { code }, first.cookies)
  if (second.problem !== null)
    throw new Failure(second.problem, 'Take a fresh code from the authenticator, or a recovery code not used yet.')
  return second.cookies
}

interface Answer {
  cookies: string
  twoFactor: boolean
  /** Why it was refused. */
  problem: string | null
}

async function post(url: string, route: string, body: Record<string, string>, cookie: string): Promise<Answer> {
  const answer = await fetch(`${url}/api/auth/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(url).origin, ...(cookie ? { cookie } : {}) },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw new Failure(
      `No answer from ${url}: ${error instanceof Error ? error.message : String(error)}`,
      'Is the instance running?',
    )
  })
  const said = answered.catch({}).parse(await answer.json().catch(() => null))
  return {
    // One that is emptied has ended.
    cookies: answer.headers
      .getSetCookie()
      .map((text) => text.slice(0, text.indexOf(';')))
      .filter((text) => !text.endsWith('='))
      .join('; '),
    twoFactor: said.twoFactorRedirect === true,
    problem: answer.ok ? null : (said.message ?? `${url} answered ${answer.status}`),
  }
}
