/** Accounts of people, and the tokens in their names, in better-auth's tables. */
import { BadRequest, type Actor } from '@keyferry/kernel'
import type { BetterAuth } from './better-auth.ts'

export interface Accounts {
  /** `passwordHash`: of `hashNewPassword`. Throws `BadRequest` when the address is taken. */
  createUser(account: {
    email: string
    passwordHash: string
    name: string
  }): Promise<{ id: string; email: string; name: string }>
  /** A bearer token in the user's name; it is shown once and stored as a hash. */
  createApiKey(key: { userId: string; name: string; expiresIn?: number | null }): Promise<{ id: string; token: string }>
}

export const accountsOf = (auth: BetterAuth): Accounts => ({
  async createUser({ email, passwordHash, name }) {
    const { internalAdapter } = await auth.$context
    if (await internalAdapter.findUserByEmail(email)) throw new BadRequest(`${email} already has an account.`)
    const user = await internalAdapter.createUser({ email, name, emailVerified: false }, { method: 'email-password' })
    const own = { userId: user.id, providerId: 'credential', accountId: user.id }
    await internalAdapter.linkAccount({ ...own, password: passwordHash })
    return { id: user.id, email: user.email, name: user.name }
  },

  async createApiKey({ userId, name, expiresIn = null }) {
    const created = await auth.api.createApiKey({ body: { userId, name, expiresIn } })
    return { id: created.id, token: created.key }
  },
})

/** The hash of a new password. Throws `BadRequest` when its length is not allowed, and `TooManyRequests`. */
export async function hashNewPassword(auth: BetterAuth, password: string): Promise<string> {
  const { password: passwords } = await auth.$context
  const { minPasswordLength: least, maxPasswordLength: most } = passwords.config
  if (password.length < least || password.length > most)
    throw new BadRequest(`A password has ${least} to ${most} characters.`)
  return passwords.hash(password)
}

/** Whose API key `key` is; null for one that is wrong or has expired. */
export async function verifyApiKey(auth: BetterAuth, key: string): Promise<Actor | null> {
  const verified = await auth.api.verifyApiKey({ body: { key } })
  if (!verified.valid || !verified.key) return null
  return { kind: 'identity', id: verified.key.id, name: verified.key.name ?? 'token' }
}
