import type { AppRouter } from '@keyferry/api'
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createTRPCQueryUtils, createTRPCReact } from '@trpc/react-query'
import { hasTyped } from '../focus/typed.ts'
import { watchedFetch } from './connection.ts'
import { ForeignAnswer, isPassing, statusOf } from './errors.ts'
import { FreshQueryClient } from './fresh-query-client.ts'

const url = '/api/trpc'

export const trpc = createTRPCReact<AppRouter>()

export const queryClient = new FreshQueryClient({
  // After the end of a session, what is on the screen and typed stays until somebody has signed in again; what is typed
  // also outlives its project, its folder and the role that let its reader see them.
  isPassing: (error) => isPassing(error) || statusOf(error) === 401 || hasTyped(),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal will be refused again; only trouble on the way is worth another try.
      retry: (failures, error) => failures < 2 && (statusOf(error) ?? 500) >= 500,
      networkMode: 'always',
    },
    // A browser that calls itself offline may still reach a server beside it; and what waits in silence for the network
    // looks as if it hung.
    mutations: { networkMode: 'always' },
  },
})

/**
 * All calls of a batch are answered with the slowest, and uncompressed where one of them must be: what the others would
 * wait for, and what is long, has a request of its own.
 */
const ALONE: ReadonlySet<string> = new Set([
  'secrets.rows',
  'delivery.folder',
  'tree.matrix',
  'connections.page',
  'members.list',
])

/** Throws a `ForeignAnswer` for what is no answer of the API. */
async function apiFetch(input: RequestInfo | URL | string, init?: RequestInit): Promise<Response> {
  const answer = await watchedFetch(input, init)
  if (answer.headers.get('content-type')?.includes('json') !== true) throw new ForeignAnswer(answer.status)
  return answer
}

const links = [
  splitLink<AppRouter>({
    condition: ({ type }) => type === 'subscription',
    true: httpSubscriptionLink({ url }),
    false: splitLink({
      condition: ({ path }) => ALONE.has(path),
      true: httpLink({ url, fetch: apiFetch }),
      false: httpBatchLink({ url, maxURLLength: 4000, fetch: apiFetch }),
    }),
  }),
]
export const client = trpc.createClient({ links })

/** Calls past the query cache: what they answer is kept by nobody but the caller. */
export const direct = createTRPCClient<AppRouter>({ links })

/** For route guards and code outside React. */
export const api = createTRPCQueryUtils<AppRouter>({ queryClient, client })
