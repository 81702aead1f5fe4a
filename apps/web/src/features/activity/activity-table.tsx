import { useEffect, useRef } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/rows/virtual-rows.tsx'
import { cn } from '../../lib/cn.ts'
import type { AuditEntry, BriefSync } from '../../lib/server/types.ts'
import { ActivityRow } from './activity-row.tsx'
import { words } from './words.ts'

interface Props {
  entries: readonly AuditEntry[]
  syncs: readonly BriefSync[]
  open: string | undefined
  onOpen: (seq: string | undefined) => void
  onActor: (name: string) => void
  /** Results for other filters are loading. */
  stale: boolean
  older: boolean
  loading: boolean
  onOlder: () => void
}

/** Begins to load the next page this far before its end is seen. */
const AHEAD = '600px'

export function ActivityTable({ entries, syncs, open, onOpen, onActor, stale, older, loading, onOlder }: Props) {
  const end = useRef<HTMLDivElement>(null)
  const ask = useRef(onOlder)
  useEffect(() => {
    ask.current = onOlder
  })
  const waiting = older && !loading && !stale
  useEffect(() => {
    if (!end.current || !waiting) return
    const watch = new IntersectionObserver((seen) => seen.at(-1)?.isIntersecting && ask.current(), {
      rootMargin: AHEAD,
    })
    watch.observe(end.current)
    return () => watch.disconnect()
    // Checks again after every page: the end may be in sight again without ever having been seen to leave it.
  }, [waiting, entries.length])
  return (
    <div className={cn('grid gap-3', stale && 'opacity-60')} aria-busy={stale}>
      <Table label={words.activityTable.label}>
        <thead className="sr-only">
          <tr>
            <Th>{words.activityTable.details}</Th>
            <Th>{words.activityTable.what}</Th>
            <Th className="max-lg:hidden">{words.activityTable.from}</Th>
            <Th className="max-sm:hidden">{words.activityTable.when}</Th>
          </tr>
        </thead>
        <VirtualRows
          rows={entries}
          idOf={({ id }) => id}
          height={40}
          render={(entry, row) => (
            <ActivityRow
              key={entry.id}
              entry={entry}
              syncs={syncs}
              open={open === String(entry.seq)}
              onOpen={(next) => onOpen(next ? String(entry.seq) : undefined)}
              onActor={onActor}
              {...row}
            />
          )}
        />
      </Table>
      <div ref={end} className="flex justify-center pb-4 text-sm text-soft">
        {older ? (
          <Button busy={loading} onClick={onOlder}>
            {words.activityTable.showOlder}
          </Button>
        ) : (
          words.activityTable.end
        )}
      </div>
    </div>
  )
}
