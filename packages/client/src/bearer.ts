/** The token that a request carries. */
import type { Operation } from '@trpc/client'
import { isKeyferryError, KeyferryApiError } from './error.ts'

/**
 * The token for the next request. Called before each: keep what is expensive. `refused` is a token that the instance
 * has just refused; the call is sent once more if another one comes back.
 */
export type TokenSource = (refused?: string) => string | Promise<string>

export interface Bearer {
  /** The headers of a request that carries these calls. Throws `KeyferryApiError` (`NoToken`). */
  headers(calls: readonly Operation[]): Promise<Record<string, string>>
  /** After the call's token was refused: whether there is another one now. Throws like `headers`. */
  renew(call: Operation): Promise<boolean>
}

export function bearerOf(token: string | TokenSource | undefined): Bearer {
  const sent = new WeakMap<object, string>()
  const current = async (refused?: string): Promise<string | undefined> => {
    if (typeof token !== 'function') return token
    try {
      return await token(refused)
    } catch (error) {
      if (isKeyferryError(error)) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new KeyferryApiError(`No token: ${reason}`, { code: 'NoToken', cause: error })
    }
  }
  return {
    async headers(calls): Promise<Record<string, string>> {
      const bearer = await current()
      if (!bearer) return {}
      // Else fetch refuses the header, and its message quotes it.
      if (!/^[!-~]+$/.test(bearer))
        throw new KeyferryApiError('The token has a blank, a line end or another character that no token has', {
          code: 'NoToken',
        })
      for (const { context } of calls) sent.set(context, bearer)
      return { authorization: `Bearer ${bearer}` }
    },
    async renew({ context }) {
      const refused = sent.get(context)
      if (typeof token !== 'function' || refused === undefined) return false
      return (await current(refused)) !== refused
    },
  }
}
