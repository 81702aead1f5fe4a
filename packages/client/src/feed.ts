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
          const open = async () => readable(op, await fetcher(address, { ...init, headers }))
          return await untilItArrives(open, init.signal, onSilentOf(op))
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

/** Longer than any server takes to say that a feed is open. */
const SILENT_MS = 10_000

/** What a subscription does while nothing arrives on its feed. */
export interface FeedContext extends Record<string, unknown> {
  onSilent(): void
}

const onSilentOf = ({ context }: Operation): (() => void) => (context as FeedContext).onSilent

/** Calls `onSilent` again and again until an answer begins to arrive: a proxy that buffers keeps back all of it. */
async function untilItArrives(
  open: () => Promise<Response>,
  signal: AbortSignal | undefined,
  onSilent: () => void,
): Promise<Response> {
  const timer = setInterval(onSilent, SILENT_MS)
  const arrived = (): void => clearInterval(timer)
  signal?.addEventListener('abort', arrived)
  try {
    const answer = await open()
    if (!answer.body) arrived()
    const body = answer.body?.pipeThrough<Uint8Array>(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(bytes, controller) {
          arrived()
          controller.enqueue(bytes)
        },
        flush: arrived,
      }),
    )
    return new Response(body, answer)
  } catch (error) {
    arrived()
    throw error
  }
}

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
