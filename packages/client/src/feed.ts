/** Live feeds over Server-Sent Events. */
import type { AppRouter } from '@keyferry/api'
import { httpSubscriptionLink, type Operation, type TRPCLink } from '@trpc/client'
import { EventSource } from 'eventsource'
import type { Bearer } from './bearer.ts'
import { isKeyferryError, type Answer, type KeyferryApiError } from './error.ts'

const failures = new WeakMap<object, Answer | KeyferryApiError>()

/** Why the feed did not open: what a proxy or the instance answered instead, or that there is no token. */
export const failureToOpen = ({ context }: Operation): Answer | KeyferryApiError | undefined => failures.get(context)

export const feedLink = (endpoint: string, bearer: Bearer, fetcher: typeof fetch): TRPCLink<AppRouter> =>
  httpSubscriptionLink({
    url: endpoint,
    EventSource,
    eventSourceOptions: ({ op }) => ({
      async fetch(address, init) {
        failures.delete(op.context)
        try {
          const headers = { ...init.headers, ...(await bearer.headers([op])) }
          return await readable(op, await fetcher(address, { ...init, headers }))
        } catch (error) {
          if (!isKeyferryError(error)) throw error
          failures.set(op.context, error)
          return ENDED
        }
      },
    }),
  })

/** Ends an EventSource, which would connect again if its fetch failed. */
const ENDED = { status: 401, body: null, headers: new Headers(), redirected: false, url: '' }

/**
 * A feed that is refused says in its stream why, and an EventSource reads only what is answered with 200. Other answers
 * than streams are kept: an EventSource forgets them.
 */
async function readable({ context }: Operation, answer: Response): Promise<Response> {
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (isStream) return answer.ok ? answer : new Response(answer.body, { headers: answer.headers })
  failures.set(context, { response: answer.clone(), body: await answer.json().catch(() => null) })
  return new Response(null, { status: answer.status, headers: answer.headers })
}
