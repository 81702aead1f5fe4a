import {
  QueryClient,
  type InvalidateOptions,
  type InvalidateQueryFilters,
  type Query,
  type QueryClientConfig,
} from '@tanstack/react-query'

interface Config extends QueryClientConfig {
  /** Whether the same request may well be answered a moment later. */
  isPassing: (error: unknown) => boolean
}

/**
 * A query client in which no answer from before an invalidation passes for fresh, and no passing failure takes away
 * what is on the screen.
 *
 * React Query cancels the fetch that is in flight only where there are data already and somebody shows them: a first
 * fetch continues, as does one whose screen was left. Here such a query is invalidated again when its answer arrives.
 *
 * When data can't be fetched again, React Query calls the query failed. Its screen would show the failure in place of
 * the data and of what is being typed. Here it keeps them and is `isBehind`, except where `staleTime: 0` says that
 * somebody decides by them.
 */
export class FreshQueryClient extends QueryClient {
  readonly #outdated = new WeakSet<Query>()
  readonly #behind = new WeakSet<object>()
  /** When the last request of a query began, and the one that its data are from. */
  readonly #began = new WeakMap<object, number>()
  readonly #readFrom = new WeakMap<object, number>()

  constructor({ isPassing, ...config }: Config) {
    super(config)
    this.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated') return
      const { query, action } = event
      if (action.type === 'fetch') this.#began.set(query, performance.now())
      if (action.type === 'error' && query.state.data !== undefined && isPassing(action.error)) {
        if (query.observers.some(({ options }) => options.staleTime === 0)) return
        this.#behind.add(query)
        query.setState({ status: 'success', error: null })
      }
      if (action.type !== 'success') return
      if (action.manual !== true) this.#readFrom.set(query, this.#began.get(query) ?? 0)
      this.#behind.delete(query)
      if (!this.#outdated.delete(query)) return
      // The query settles only after this event.
      queueMicrotask(() => void this.invalidateQueries({ queryKey: query.queryKey, exact: true }))
    })
  }

  /**
   * Whether the data of a query, or those on their way, were requested after `time`, by `performance.now()`.
   */
  isReadSince(query: Query, time: number): boolean {
    const times = query.state.fetchStatus === 'idle' ? this.#readFrom : this.#began
    return (times.get(query) ?? 0) >= time
  }

  /** Whether the data of a query are from before a fetch that failed. */
  isBehind(query: object): boolean {
    return this.#behind.has(query)
  }

  override invalidateQueries(filters?: InvalidateQueryFilters, options?: InvalidateOptions): Promise<void> {
    for (const query of this.getQueryCache().findAll(filters)) {
      const { data, fetchStatus } = query.state
      if (fetchStatus !== 'idle' && (data === undefined || !query.isActive())) this.#outdated.add(query)
    }
    return super.invalidateQueries(filters, options)
  }
}
