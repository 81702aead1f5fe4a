import { keepPreviousData } from '@tanstack/react-query'
import type { SyncOrder } from '@keyferry/schemas/sync-order'
import type { Sorting } from '../../../lib/lists/sorting.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { ListedSync, SyncsPage } from '../../../lib/server/types.ts'
import type { Filters } from './sync-filters.tsx'

const PAGE = 30

/** The syncs of a project that match, page by page, and how many there are. */
export function useSyncs(projectId: string, filters: Filters, { column, isDescending }: Sorting<SyncOrder>) {
  const { q: search, status, destination, environment } = filters
  const list = trpc.syncs.page.useInfiniteQuery(
    { projectId, search, status, destination, environment, orderBy: column, descending: isDescending, limit: PAGE },
    { getNextPageParam: ({ nextCursor }) => nextCursor, placeholderData: keepPreviousData },
  )
  const { data, fetchNextPage } = list
  const readAll = async (): Promise<ListedSync[]> => {
    let pages = data?.pages ?? []
    while (pages.at(-1)?.nextCursor) {
      const next = await fetchNextPage({ cancelRefetch: false })
      if (next.isError || !next.data) break
      ;({ pages } = next.data)
    }
    return syncsOf(pages)
  }
  return { ...list, syncs: data && syncsOf(data.pages), total: data?.pages.at(-1)?.total ?? 0, readAll }
}

/** One that moved between two pages while they were read is in both. */
const syncsOf = (pages: readonly SyncsPage[]): ListedSync[] => [
  ...new Map(pages.flatMap(({ syncs }) => syncs.map((sync) => [sync.id, sync]))).values(),
]
