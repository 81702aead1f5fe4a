/** Signing in and out. */
import { code } from '../loading/code.ts'
import { forgetEndedSession } from './session.ts'
import { markStale } from '../server/stale.ts'
import { queryClient } from '../server/trpc.ts'
import { words } from '../words.ts'

/** Loaded when someone signs in or out, or looks at their account: no other page needs it. */
export const loadAuth = code(async () => (await import('./auth-client.ts')).auth)

interface Refusal {
  status: number
  code?: string | undefined
  message?: string | undefined
}

/** What better-auth answered. Throws an Error with a sentence for the form. */
export function answered<Data>({ data, error }: { data: Data; error: Refusal | null }): NonNullable<Data> {
  if (error) throw new Error(problem(error))
  if (data === null || data === undefined) throw new Error(words.auth.empty)
  return data
}

/**
 * Signs in and sets the session cookie, unless the account has a second factor: then `verifyCode` continues. Throws
 * like `answered`.
 */
export async function signIn(email: string, password: string): Promise<'signed-in' | 'second-factor'> {
  const auth = await loadAuth()
  const answer = answered(await auth.signIn.email({ email, password }))
  if ('twoFactorRedirect' in answer && answer.twoFactorRedirect === true) return 'second-factor'
  await forget()
  return 'signed-in'
}

/** The second step: a code from the app, or a recovery code, which works once. Throws like `answered`. */
export async function verifyCode(kind: 'app' | 'recovery', code: string): Promise<void> {
  const { twoFactor } = await loadAuth()
  answered(kind === 'app' ? await twoFactor.verifyTotp({ code }) : await twoFactor.verifyBackupCode({ code }))
  await forget()
}

/** Changes the name of the account. Throws like `answered`. */
export async function rename(name: string): Promise<void> {
  const auth = await loadAuth()
  answered(await auth.updateUser({ name }))
}

/** Which second factors an account has. */
export interface Factors {
  app: boolean
  passkey: boolean
}

export async function factors(): Promise<Factors> {
  const { $fetch } = await loadAuth()
  return answered(await $fetch<Factors>('/factors'))
}

/**
 * Before a change of a factor: a code of the app or a recovery code, or without one a passkey. Throws like `answered`.
 */
export async function proveFactor(code: string): Promise<void> {
  const typed = code.trim()
  if (typed === '') return (await loadPasskey()).usePasskey()
  const { twoFactor } = await loadAuth()
  const digits = typed.replaceAll(' ', '')
  answered<unknown>(
    /^\d{6}$/.test(digits)
      ? await twoFactor.verifyTotp({ code: digits })
      : await twoFactor.verifyBackupCode({ code: typed }),
  )
}

/** Throws like `answered`. */
export async function signInWithPasskey(): Promise<void> {
  await (await loadPasskey()).usePasskey()
  await forget()
}

/** By a link that an operator made. Throws like `answered`. */
export async function signInByLink(token: string): Promise<void> {
  const { $fetch } = await loadAuth()
  answered(await $fetch<unknown>('/sign-in-link', { method: 'POST', body: { token } }))
  await forget()
}

export const loadPasskey = code(() => import('./passkey.ts'))
/** Whether this browser can have passkeys. */
export const knowsPasskeys = (): boolean => 'PublicKeyCredential' in globalThis

/**
 * Leaves for the provider's own page, which leads to `next`, or to the sign-in page with what went wrong. Throws like
 * `answered`.
 */
export async function signInWithProvider(next: string): Promise<void> {
  const auth = await loadAuth()
  const back = `/sign-in?next=${encodeURIComponent(next)}`
  answered(await auth.signIn.social({ provider: 'oidc', callbackURL: next, errorCallbackURL: back }))
}

/** Ends the session and forgets everything that was read in it. */
export async function signOut(): Promise<void> {
  const auth = await loadAuth()
  await auth.signOut()
  sessionStorage.clear()
  queryClient.clear()
  forgetEndedSession()
}

/** Who signs in may be another person than the one before. */
async function forget(): Promise<void> {
  queryClient.clear()
  forgetEndedSession()
  await markStale('session')
}

const WORDS = new Map([
  ['INVALID_EMAIL_OR_PASSWORD', words.auth.wrongCredentials],
  ['INVALID_PASSWORD', words.auth.wrongPassword],
  ['INVALID_CODE', words.auth.wrongCode],
  ['PASSKEY_NOT_FOUND', words.auth.unknownPasskey],
  ['CHALLENGE_NOT_FOUND', words.auth.tookTooLong],
  ['CODE_USED', words.auth.codeUsed],
  ['INVALID_BACKUP_CODE', words.auth.wrongRecoveryCode],
  ['INVALID_TWO_FACTOR_COOKIE', words.auth.signInExpired],
  ['TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE', words.auth.tooManyCodes],
  ['INVALID_LINK', words.auth.signInLinkExpired],
  ['INVALID_TOKEN', words.auth.passwordLinkExpired],
])

function problem({ status, code, message }: Refusal): string {
  const known = WORDS.get(code ?? '')
  if (known !== undefined) return known
  if (status === 429) return words.auth.tooManyAttempts
  if (status === 0 || status >= 500) return words.auth.serverDidNotAnswer
  return message ?? words.auth.refused
}
