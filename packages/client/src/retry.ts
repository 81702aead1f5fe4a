import type { AppRouter } from '@keyferry/api'
import { TRPCClientError, type Operation, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { Bearer } from './bearer.ts'
import { failureOf, type KeyferryApiError } from './error.ts'
import { failureToOpen } from './feed.ts'

/** Tries of a query beyond the first. */
const RETRIES = 4
/** Milliseconds before the first retry; doubles with each. */
const FIRST_WAIT = 200
/** A longer wait that the instance asks for is left to the caller: the error says how long. A feed waits no longer. */
const LONGEST_WAIT = 10_000

const AWAY = new Set([502, 503, 504])

/**
 * Makes every failure a `KeyferryApiError`, and asks again where asking twice does no harm: a query that met no answer,
 * a proxy without an instance behind it, or a rate limit. A mutation is never sent twice, because its first sending may
 * have worked; only one whose token was refused is, once, with another token. A feed connects again until it is ended.
 */
export function retryLink(url: string, bearer: Bearer): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      observable((observer) => {
        let timer: ReturnType<typeof setTimeout> | undefined
        let running = { unsubscribe() {} }
        let over = false
        let renewed = false
        const stop = (): void => {
          over = true
          clearTimeout(timer)
          running.unsubscribe()
        }
        const fail = (error: KeyferryApiError): void => {
          over = true
          observer.error(TRPCClientError.from(error))
        }
        const attempt = (retries: number): void => {
          if (over) return
          const since = Date.now()
          running = next(op).subscribe({
            next: (value) => observer.next(value),
            complete: () => observer.complete(),
            error(thrown) {
              if (over) return
              const error = failureOf(TRPCClientError.from(thrown), url, failureToOpen(op))
              // It has worked since the failure before.
              const isFresh = op.type === 'subscription' && Date.now() - since > LONGEST_WAIT
              const failures = isFresh ? 0 : retries
              renewed &&= !isFresh
              if (error.status === 401 && !renewed) {
                renewed = true
                return void bearer.renew(op).then((isNew) => (isNew ? attempt(failures) : fail(error)), fail)
              }
              const wait = waitAfter(error, op, failures)
              if (wait === null) fail(error)
              else timer = setTimeout(attempt, wait, failures + 1)
            },
          })
        }
        // Not left to fetch: a call that waits has none, and one fetch may carry the calls of others.
        op.signal?.addEventListener('abort', () => {
          if (over) return
          stop()
          observer.error(TRPCClientError.from(new DOMException('Aborted', 'AbortError')))
        })
        attempt(0)
        return stop
      })
}

/** Milliseconds until another try may help; null when none does. */
function waitAfter({ status, code, retryAfter }: KeyferryApiError, { type }: Operation, tries: number): number | null {
  const isAway = code === 'Unreachable' || (status !== null && AWAY.has(status))
  const asked = (retryAfter ?? 0) * 1000
  if (type === 'mutation') return null
  if (type === 'subscription') {
    if (!isAway) return null
    const wait = Math.min(LONGEST_WAIT, Math.max(asked, FIRST_WAIT * 2 ** Math.min(tries, 10)))
    // Those that an instance lost at the same moment do not all come back at the same moment.
    return wait * (0.5 + Math.random() / 2)
  }
  const wait = asked || FIRST_WAIT * 2 ** tries
  return (isAway || status === 429) && tries < RETRIES && wait <= LONGEST_WAIT ? wait : null
}
