/**
 * The typed client that other services install. It knows the API by its type only, so it brings no server along.
 *
 * ```ts
 * const keyferry = createKeyferryClient({ url: 'http://127.0.0.1:4400', token: process.env.KEYFERRY_TOKEN })
 * const projects = await keyferry.projects.list.query()
 * ```
 *
 * Failures are `KeyferryApiError`s.
 */
import type { AppRouter } from '@keyferry/api'
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, type TRPCClient } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { EventSource } from 'eventsource'
import { retryLink } from './retry.ts'

export { isKeyferryError, KeyferryApiError } from './error.ts'

export interface ClientOptions {
  /** Where the instance serves, such as `https://keyferry.example.com`; a base path is kept. */
  url: string
  /** A bearer token of the instance. Without one only public procedures answer. */
  token?: string
  /** Another `fetch`, for a proxy or a test. */
  fetch?: typeof fetch
}

export type KeyferryClient = TRPCClient<AppRouter>
/** Inputs by procedure: `Inputs['secrets']['create']`. */
export type Inputs = inferRouterInputs<AppRouter>
/** What comes out, by procedure. */
export type Outputs = inferRouterOutputs<AppRouter>

/**
 * Calls made in the same tick travel in one request; `syncs.events.subscribe` stays open and reconnects automatically.
 * Queries are tried again where that can help, mutations never.
 */
export function createKeyferryClient({ url, token, fetch: fetcher = fetch }: ClientOptions): KeyferryClient {
  const base = url.replace(/\/+$/, '')
  const endpoint = `${base}/api/trpc`
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  return createTRPCClient<AppRouter>({
    links: [
      retryLink(base),
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({
          url: endpoint,
          EventSource,
          eventSourceOptions: {
            fetch: async (address, init) =>
              readable(await fetcher(address, { ...init, headers: { ...init.headers, ...headers } })),
          },
        }),
        false: httpBatchLink({ url: endpoint, headers, fetch: withJson(fetcher), maxURLLength: 8_000, maxItems: 20 }),
      }),
    ],
  })
}

/** A refused feed says in its stream why, and an EventSource reads only what is answered with 200. */
const readable = (answer: Response): Response =>
  !answer.ok && answer.headers.get('content-type')?.startsWith('text/event-stream')
    ? new Response(answer.body, { headers: answer.headers })
    : answer

/** tRPC forgets the status of what it cannot parse, such as a proxy's page, so it gets something that it can. */
const withJson =
  (fetcher: typeof fetch): typeof fetch =>
  async (address, init) => {
    const answer = await fetcher(address, init)
    if (answer.headers.get('content-type')?.includes('json')) return answer
    await answer.body?.cancel()
    return Response.json(
      {},
      { status: answer.status, headers: { 'retry-after': answer.headers.get('retry-after') ?? '' } },
    )
  }
