import type { AppRouter } from '@keyferry/api'
import { createTRPCUntypedClient, httpBatchLink, splitLink, TRPCClientError } from '@trpc/client'
import type { KeyferryClient } from './api.ts'
import { bearerOf, type TokenSource } from './bearer.ts'
import { failureOf, KeyferryApiError } from './error.ts'
import { feedLink, type FeedContext } from './feed.ts'
import type { CallOptions, FeedOptions } from './procedures.ts'
import { retryLink } from './retry.ts'

export interface ClientOptions {
  /** Where the instance serves, such as `https://keyferry.example.com`; a base path is kept. */
  url: string
  /** A bearer token of the instance, or what gives one. Without one only public procedures answer. */
  token?: string | TokenSource
  /** Milliseconds after which a call ends with the code `TimedOut`, retries included; 60,000 unless set. */
  timeoutMs?: number
  /** Another `fetch`, for a proxy or a test. */
  fetch?: typeof fetch
}

/**
 * Calls made in the same tick travel in one request; `syncs.events.subscribe` stays open and reconnects automatically.
 * Queries are tried again where that can help, mutations never.
 */
export function createKeyferryClient(options: ClientOptions): KeyferryClient {
  const { url, token, timeoutMs = 60_000, fetch: fetcher = fetch } = options
  const base = url.replace(/\/+$/, '')
  const endpoint = `${base}/api/trpc`
  const bearer = bearerOf(token)
  const trpc = createTRPCUntypedClient<AppRouter>({
    links: [
      retryLink(base, bearer),
      splitLink({
        condition: (operation) => operation.type === 'subscription',
        true: feedLink(endpoint, bearer, fetcher),
        false: httpBatchLink({
          url: endpoint,
          headers: ({ opList }) => bearer.headers(opList),
          fetch: withJson(fetcher),
          maxURLLength: 8_000,
          maxItems: 20,
        }),
      }),
    ],
  })
  const thrown = (error: unknown): KeyferryApiError =>
    failureOf(TRPCClientError.from(error instanceof Error ? error : new Error(String(error))), base)

  const call =
    (type: 'query' | 'mutation', path: string) =>
    async (input?: unknown, { signal, timeoutMs: limitMs = timeoutMs }: CallOptions = {}): Promise<unknown> => {
      const limit = AbortSignal.timeout(limitMs)
      const ended = signal ? AbortSignal.any([signal, limit]) : limit
      try {
        ended.throwIfAborted()
        return await trpc[type](path, input, { signal: ended })
      } catch (error) {
        if (signal?.aborted) throw new KeyferryApiError('The call was cancelled', { code: 'Aborted', cause: error })
        if (!limit.aborted) throw thrown(error)
        const message = `No answer from ${base} within ${limitMs / 1000} s${type === 'query' ? '' : '; it may still be carried out'}`
        throw new KeyferryApiError(message, { code: 'TimedOut', cause: error })
      }
    }

  const subscribe =
    (path: string) =>
    (input: unknown, { onStarted, onGap, onData, onError, signal }: FeedOptions<unknown>) => {
      let hasStarted = false
      const context: FeedContext = { onSilent: () => onGap?.() }
      const feed = trpc.subscription(path, input, {
        context,
        onData,
        onError: (error) => {
          if (signal?.aborted !== true) onError?.(thrown(error))
        },
        onStarted() {
          if (hasStarted) onGap?.()
          hasStarted = true
          onStarted?.()
        },
      })
      signal?.addEventListener('abort', () => feed.unsubscribe())
      if (signal?.aborted) feed.unsubscribe()
      return feed
    }

  return byName((router) =>
    byName((procedure) => {
      const path = `${router}.${procedure}`
      return { query: call('query', path), mutate: call('mutation', path), subscribe: subscribe(path) }
    }),
  ) as KeyferryClient
}

/** An object whose fields are made when they are read. */
const byName = (make: (name: string) => unknown): unknown =>
  new Proxy({}, { get: (_, name) => (typeof name === 'string' ? make(name) : undefined) })

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
