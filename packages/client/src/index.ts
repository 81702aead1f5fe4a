/**
 * The typed client that other services install. It knows the API by its type only, so it brings no server along.
 *
 * ```ts
 * const keyferry = createKeyferryClient({ url: 'http://127.0.0.1:4400', token: process.env.KEYFERRY_TOKEN })
 * const projects = await keyferry.projects.list.query()
 * ```
 *
 * Failures are `TRPCClientError`s: `error.message` is readable, `error.data` has `status`, `error`, `issues` and `details`.
 */
import type { AppRouter } from '@keyferry/api'
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, type TRPCClient } from '@trpc/client'
import { EventSource } from 'eventsource'

export interface ClientOptions {
  /** Where the instance serves, such as `https://keyferry.example.com`; a base path is kept. */
  url: string
  /** A bearer token of the instance. */
  token: string
  /** Another `fetch`, for a proxy or a test. */
  fetch?: typeof fetch
}

export type KeyferryClient = TRPCClient<AppRouter>

/** Calls made in the same tick travel in one request; `syncs.events.subscribe` stays open and reconnects by itself. */
export function createKeyferryClient({ url, token, fetch: fetcher = fetch }: ClientOptions): KeyferryClient {
  const endpoint = `${url.replace(/\/+$/, '')}/api/trpc`
  const headers = { authorization: `Bearer ${token}` }
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: httpSubscriptionLink({
          url: endpoint,
          EventSource,
          eventSourceOptions: {
            fetch: (address, init) => fetcher(address, { ...init, headers: { ...init.headers, ...headers } }),
          },
        }),
        false: httpBatchLink({ url: endpoint, headers, fetch: fetcher, maxURLLength: 8_000, maxItems: 20 }),
      }),
    ],
  })
}
