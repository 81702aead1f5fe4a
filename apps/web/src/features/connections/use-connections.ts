import { keepPreviousData } from '@tanstack/react-query'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection } from '../../lib/server/types.ts'

const PAGE = 30

/** The connections that match, page by page, and how many there are: those a project may use, or all. */
export function useConnections(projectId: string | undefined, search: string | undefined) {
  const list = trpc.connections.page.useInfiniteQuery(
    { projectId, search, limit: PAGE },
    { getNextPageParam: ({ nextCursor }) => nextCursor, placeholderData: keepPreviousData },
  )
  const connections: Connection[] | undefined = list.data?.pages.flatMap((page) => page.connections)
  return { ...list, connections, total: list.data?.pages.at(-1)?.total ?? 0 }
}
