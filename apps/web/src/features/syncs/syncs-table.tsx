import { useMemo, useState } from 'react'
import { SortHeader } from '../../components/sort-header.tsx'
import { byStatus } from '../../components/sync-status.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import { byText, sortRows, type Sorting } from '../../lib/sorting.ts'
import type { Destination, Sync } from '../../lib/types.ts'
import { BulkBar } from './bulk-bar.tsx'
import { SyncRow } from './sync-row.tsx'
import { words } from './words.ts'

const COMPARISONS = {
  name: byText(({ name }: Sync) => name),
  source: byText(({ environment, folder }: Sync) => `${environment?.slug ?? ''}:${folder?.path ?? ''}`),
  target: byText(({ destination, targetLabel }: Sync) => `${destination} ${targetLabel}`),
  status: byStatus,
  lastRun: byText(({ lastRun }: Sync) => lastRun?.startedAt ?? ''),
}
type Column = keyof typeof COMPARISONS

/** Problems first; some can be selected for an action on all of them. */
export function SyncsTable({ syncs, destinations }: { syncs: Sync[]; destinations: readonly Destination[] }) {
  const [sorting, setSorting] = useState<Sorting<Column>>({ column: 'status', isDescending: false })
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const sorted = useMemo(() => sortRows(syncs, COMPARISONS, sorting), [syncs, sorting])
  const head = { sorting, onSort: setSorting }
  const chosen = syncs.filter(({ id }) => selected.has(id))
  const select = (id: string, on: boolean) => {
    const next = new Set(selected)
    if (on) next.add(id)
    else next.delete(id)
    setSelected(next)
  }
  return (
    <>
      <Table label={words.syncsTable.syncs}>
        <thead>
          <tr>
            <Th className="w-8">
              <Checkbox
                label={words.syncsTable.selectAllSyncs}
                checked={chosen.length === 0 ? false : chosen.length === syncs.length ? true : 'indeterminate'}
                onChange={(on) => setSelected(new Set(on ? syncs.map(({ id }) => id) : []))}
              />
            </Th>
            <SortHeader column="name" {...head}>
              {words.syncsTable.name}
            </SortHeader>
            <SortHeader column="source" {...head} className="max-lg:hidden">
              {words.syncsTable.source}
            </SortHeader>
            <SortHeader column="target" {...head} className="max-md:hidden">
              {words.syncsTable.destination}
            </SortHeader>
            <SortHeader column="status" {...head}>
              {words.syncsTable.status}
            </SortHeader>
            <SortHeader column="lastRun" {...head} className="max-md:hidden">
              {words.syncsTable.lastRun}
            </SortHeader>
            <Th>
              <span className="sr-only">{words.syncsTable.nextAction}</span>
            </Th>
          </tr>
        </thead>
        <VirtualRows
          rows={sorted}
          idOf={({ id }) => id}
          height={57}
          render={(sync, row) => (
            <SyncRow
              key={sync.id}
              sync={sync}
              destination={destinations.find(({ name }) => name === sync.destination)}
              isSelected={selected.has(sync.id)}
              onSelect={(on) => select(sync.id, on)}
              {...row}
            />
          )}
        />
      </Table>
      <BulkBar selected={chosen} onClear={() => setSelected(new Set())} />
    </>
  )
}
