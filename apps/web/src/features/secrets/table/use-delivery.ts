import { useCallback, useEffect } from 'react'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderDelivery, FolderRef, KeyDelivery } from '../../../lib/server/types.ts'

/** The most keys that one answer has. */
const PAGE = 1000

/**
 * How far the newest version of a secret has come; undefined until it is known. The rows of a folder share what they
 * read, which grows by a page once a row is drawn whose key is beyond it.
 */
export function useDelivery(place: FolderRef, secretKey: string): KeyDelivery | undefined {
  const { data, hasNextPage, isFetching, fetchNextPage } = trpc.delivery.folder.useInfiniteQuery(
    { ...place, limit: PAGE },
    {
      getNextPageParam: ({ nextCursor }) => nextCursor,
      select: useCallback(({ pages }: { pages: FolderDelivery[] }) => find(pages, secretKey), [secretKey]),
    },
  )
  const isBeyond = data?.delivery === undefined && hasNextPage && !isFetching
  useEffect(() => {
    // Another row may have begun with the same page.
    if (isBeyond) void fetchNextPage({ cancelRefetch: false })
  }, [isBeyond, fetchNextPage])
  return data?.delivery
}

function find(pages: readonly FolderDelivery[], secretKey: string): { delivery: KeyDelivery | undefined } {
  for (const { keys } of pages) {
    const delivery = keys.find(({ key }) => key === secretKey)
    if (delivery) return { delivery }
  }
  return { delivery: undefined }
}
