import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { direct } from '../../lib/server/trpc.ts'
import type { toPreview } from './draft.ts'

type Input = ReturnType<typeof toPreview>

/** How long nothing is typed before the provider is asked, milliseconds. */
const PAUSE_MS = 400

/**
 * What the first sync would do, made again whenever the draft changes; nothing while `input` is null, because something
 * is missing.
 */
export function usePlan(input: Input | null) {
  const settled = useSettled(input)
  const isSettled = JSON.stringify(settled) === JSON.stringify(input)
  const imports = settled !== null && settled.options.initialSyncBehavior !== 'overwrite-destination'
  const { projectId, destination, connectionId, target } = settled ?? {}
  const place = useQuery({
    queryKey: ['sync-overlap', projectId, destination, connectionId, target],
    queryFn: () =>
      direct.syncs.checkDestination.mutate({
        projectId: projectId ?? '',
        destination: destination ?? '',
        connectionId,
        target: target ?? {},
      }),
    enabled: settled !== null,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const once = { staleTime: 0, gcTime: 0, retry: false, refetchOnWindowFocus: false } as const
  const ready = settled !== null && isSettled && place.isFetched
  const plan = useQuery({
    queryKey: ['sync-preview', settled],
    queryFn: () => direct.syncs.preview.mutate(settled ?? never()),
    enabled: ready && !imports,
    ...once,
  })
  const importing = useQuery({
    queryKey: ['first-import-preview', settled],
    queryFn: () => direct.syncs.previewFirstImport.mutate(settled ?? never()),
    enabled: ready && imports,
    ...once,
  })
  const shown = imports ? importing : plan
  return {
    place: place.data,
    plan: imports ? undefined : plan.data,
    importPreview: imports ? importing.data : undefined,
    imports,
    error: isSettled ? (shown.error ?? undefined) : undefined,
    isBusy: input !== null && (!isSettled || place.isFetching || shown.isFetching),
    refresh: () => void shown.refetch(),
  }
}

export type Planned = ReturnType<typeof usePlan>

const never = (): never => {
  throw new Error('a plan is only made once the draft is complete')
}

/** The value once it has stayed the same for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  const text = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as T), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
