import type { AppRouter } from '@keyferry/api'
import { TRPCClientError, type Operation, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { KeyferryApiError } from './error.ts'

/** Tries beyond the first. */
const RETRIES = 4
/** Milliseconds before the first retry; doubles with each. */
const FIRST_WAIT = 200
/** A longer wait that the instance asks for is left to the caller: the error says how long. */
const LONGEST_WAIT = 10_000

const TEMPORARY = new Set<number | null>([null, 429, 502, 503, 504])

/**
 * Makes every failure a `KeyferryApiError`, and asks again where asking twice does no harm: a query that met no answer,
 * a proxy without an instance behind it, or a rate limit. A mutation is never sent twice, because its first sending may
 * have worked.
 */
export function retryLink(url: string): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let timer: ReturnType<typeof setTimeout> | undefined
        let running = { unsubscribe() {} }
        const attempt = (retries: number): void => {
          running = next(op).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error(thrown) {
              const error = new KeyferryApiError(TRPCClientError.from(thrown), url)
              const wait = (error.retryAfter ?? 0) * 1000 || FIRST_WAIT * 2 ** retries
              if (!isSafe(op) || !TEMPORARY.has(error.status) || retries === RETRIES || wait > LONGEST_WAIT)
                observer.error(error)
              else timer = setTimeout(attempt, wait, retries + 1)
            },
          })
        }
        attempt(0)
        return () => {
          clearTimeout(timer)
          running.unsubscribe()
        }
      })
}

/** Subscriptions reconnect automatically. */
const isSafe = (op: Operation): boolean => op.type === 'query' && op.signal?.aborted !== true
