import {
  QueryClient,
  type InvalidateOptions,
  type InvalidateQueryFilters,
  type Query,
  type QueryClientConfig,
} from '@tanstack/react-query'

/**
 * A query client in which no answer from before an invalidation passes for fresh. React Query cancels the fetch that is
 * in flight only where there are data already and somebody shows them: a first fetch continues, as does one whose
 * screen was left. Here such a query is invalidated again when its answer arrives.
 */
export class FreshQueryClient extends QueryClient {
  readonly #outdated = new WeakSet<Query>()

  constructor(config?: QueryClientConfig) {
    super(config)
    this.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success') return
      const { query } = event
      if (!this.#outdated.delete(query)) return
      // The query settles only after this event.
      queueMicrotask(() => void this.invalidateQueries({ queryKey: query.queryKey, exact: true }))
    })
  }

  override invalidateQueries(filters?: InvalidateQueryFilters, options?: InvalidateOptions): Promise<void> {
    for (const query of this.getQueryCache().findAll(filters)) {
      const { data, fetchStatus } = query.state
      if (fetchStatus !== 'idle' && (data === undefined || !query.isActive())) this.#outdated.add(query)
    }
    return super.invalidateQueries(filters, options)
  }
}
