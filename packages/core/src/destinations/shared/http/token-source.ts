/**
 * Tokens that are fetched with a credential (OAuth, a login, a role): one fetch for all requests that wait, kept until
 * shortly before the end, fetched again when the vendor no longer takes it.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Authorization, OutgoingRequest } from '../../connection.ts'
import { DestinationError } from '../../destination-error.ts'

export interface Token {
  value: string
  /** From now, in milliseconds. */
  expiresInMs: number
}

/** A token is not used any more so long before its end: clocks differ, and a request takes its time. */
const MARGIN_MS = 60_000
/** Tokens of as many credentials are kept; they stay in memory. */
const KEPT = 1_000

const kept = new LRUCache<string, { token: Promise<Token>; until: number }>({ max: KEPT })

/**
 * `credential`: everything that the token depends on; a token is shared by all sessions of a process with the same. Its
 * `account` is left out: a check finds it with the credential. `headers` default to a bearer token.
 */
export function tokenAuthorization(
  { account: _account, ...credential }: Readonly<Record<string, unknown>>,
  fetch: () => Promise<Token>,
  headers: (token: string, request: OutgoingRequest) => ReturnType<Authorization['headers']> = (token) => ({
    authorization: `Bearer ${token}`,
  }),
): Authorization {
  const fields = Object.entries(credential).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const key = createHash('sha256').update(JSON.stringify(fields)).digest('base64')
  /** The token in the headers that were given, of many requests at once. */
  const given = new WeakMap<object, Promise<Token>>()

  /** What this session fetched itself. */
  const own = new WeakSet<Promise<Token>>()

  const current = (): Promise<Token> => {
    const known = kept.get(key)
    if (known && known.until > Date.now()) return known.token
    const entry = { token: fetch(), until: Number.POSITIVE_INFINITY }
    own.add(entry.token)
    kept.set(key, entry)
    entry.token.then(
      ({ expiresInMs }) => (entry.until = Date.now() + Math.max(expiresInMs - MARGIN_MS, expiresInMs / 2)),
      () => forget(entry.token),
    )
    return entry.token
  }
  const forget = (token: Promise<Token>): void => {
    if (kept.get(key)?.token === token) kept.delete(key)
  }

  /** A fetch of another session that was ended, or lost its lease, is no answer of the vendor: this one asks itself. */
  const usable = async (): Promise<{ token: Promise<Token>; value: string }> => {
    const token = current()
    try {
      return { token, value: (await token).value }
    } catch (error) {
      if (error instanceof DestinationError || own.has(token)) throw error
      return usable()
    }
  }

  return {
    async headers(request) {
      const { token, value } = await usable()
      const made = await headers(value, request)
      given.set(made, token)
      return made
    },
    renew(outdated) {
      const token = given.get(outdated)
      if (token === undefined) return false
      forget(token)
      return true
    },
  }
}
