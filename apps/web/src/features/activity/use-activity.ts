import { keepPreviousData } from '@tanstack/react-query'
import { useEffect } from 'react'
import { trpc } from '../../lib/server/trpc.ts'
import type { Asked } from './filters.ts'

const PAGE = 100
/** How often it is asked whether there are newer entries: not every one of them has a live event. */
const LOOK_MS = 5_000
/** Pixels. */
const NEAR_TOP = 200

/** The matching entries, newest first, page by page, and whether newer ones came since the first page was read. */
export function useActivity(projectId: string, whole: boolean, asked: Asked) {
  const utils = trpc.useUtils()
  const input = { ...asked, limit: PAGE }
  const pages = { getNextPageParam: nextOf, placeholderData: keepPreviousData, staleTime: Infinity }
  const project = trpc.audit.project.useInfiniteQuery({ ...input, projectId }, { ...pages, enabled: !whole })
  const instance = trpc.audit.list.useInfiniteQuery(input, { ...pages, enabled: whole })
  const shown = whole ? instance : project

  const look = { refetchInterval: LOOK_MS, enabled: shown.data !== undefined }
  const newestHere = trpc.audit.project.useQuery(
    { ...asked, projectId, limit: 1 },
    { ...look, enabled: look.enabled && !whole },
  )
  const newestAnywhere = trpc.audit.list.useQuery({ ...asked, limit: 1 }, { ...look, enabled: look.enabled && whole })
  const newest = (whole ? newestAnywhere : newestHere).data?.entries[0]?.seq

  const pagesRead = shown.data?.pages.length ?? 0
  const entries = shown.data?.pages.flatMap((page) => page.entries)
  const first = entries?.[0]?.seq
  const newer = !shown.isPlaceholderData && newest !== undefined && (first === undefined || newest > first)
  const { refetch } = shown
  // Who looks at the top sees them come; who reads further down is not moved.
  const follows = newer && pagesRead === 1
  useEffect(() => {
    if (follows && window.scrollY < NEAR_TOP) void refetch()
  }, [follows, newest, refetch])
  return {
    ...shown,
    entries,
    newer,
    /** From the top again. */
    showNewer: () => (whole ? utils.audit.list.reset() : utils.audit.project.reset()),
  }
}

const nextOf = ({ nextCursor }: { nextCursor: number | null }): number | null => nextCursor
