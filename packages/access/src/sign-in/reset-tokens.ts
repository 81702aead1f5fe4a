/** Tokens to set a new password: mailed to the person, or handed over by an admin. */
import { randomBytes } from 'node:crypto'
import type { BetterAuth } from './better-auth.ts'

/** Seconds that a link to set a new password works. */
export const RESET_SECONDS = 3600

const HANDED = 'handed-'

/** Whether an admin handed the token over: its use does not prove the address. */
export const isHandedOver = (token: string): boolean => token.startsWith(HANDED)

/** A token as the one that is mailed to a person who forgot their password. */
export async function createReset(auth: BetterAuth, userId: string, { mailed }: { mailed: boolean }): Promise<string> {
  const { internalAdapter } = await auth.$context
  const token = `${mailed ? '' : HANDED}${randomBytes(32).toString('base64url')}`
  const expiresAt = new Date(Date.now() + RESET_SECONDS * 1000)
  await internalAdapter.createVerificationValue({ identifier: `reset-password:${token}`, value: userId, expiresAt })
  return token
}
