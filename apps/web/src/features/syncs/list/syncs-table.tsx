import type { SyncOrder } from '@keyferry/schemas/sync-order'
import { useState } from 'react'
import { SortHeader } from '../../../components/rows/sort-header.tsx'
import { Checkbox } from '../../../components/ui/checkbox.tsx'
import { Table, Th } from '../../../components/ui/table.tsx'
import { VirtualRows } from '../../../components/rows/virtual-rows.tsx'
import type { Sorting } from '../../../lib/lists/sorting.ts'
import type { Destination, ListedSync } from '../../../lib/server/types.ts'
import { BulkBar } from './bulk-bar.tsx'
import { SyncRow } from './sync-row.tsx'
import { words } from '../words.ts'

interface Props {
  /** Those that were read, in the order of `sorting`. */
  syncs: readonly ListedSync[]
  destinations: readonly Destination[]
  sorting: Sorting<SyncOrder>
  onSort: (sorting: Sorting<SyncOrder>) => void
  /** Reads the rest; all of them then. */
  readAll: () => Promise<readonly ListedSync[]>
}

/** Some can be selected for an action on all of them. */
export function SyncsTable({ syncs, destinations, sorting, onSort, readAll }: Props) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const head = { sorting, onSort }
  const chosen = syncs.filter(({ id }) => selected.has(id))
  const select = (id: string, on: boolean) => {
    const next = new Set(selected)
    if (on) next.add(id)
    else next.delete(id)
    setSelected(next)
  }
  const selectAll = async (on: boolean) => {
    const all = on ? await readAll() : []
    setSelected(new Set(all.map(({ id }) => id)))
  }
  return (
    <>
      <Table label={words.syncsTable.syncs} isStacked>
        <thead>
          <tr className="max-sm:grid-cols-[2rem_auto_1fr]">
            <Th className="w-8">
              <Checkbox
                label={words.syncsTable.selectAllSyncs}
                checked={chosen.length === 0 ? false : chosen.length === syncs.length ? true : 'indeterminate'}
                onChange={(on) => void selectAll(on)}
              />
            </Th>
            <SortHeader column="name" {...head}>
              {words.syncsTable.name}
            </SortHeader>
            <SortHeader column="source" {...head} className="max-lg:hidden">
              {words.syncsTable.source}
            </SortHeader>
            <SortHeader column="destination" {...head} className="max-md:hidden">
              {words.syncsTable.destination}
            </SortHeader>
            <SortHeader column="status" {...head}>
              {words.syncsTable.status}
            </SortHeader>
            <SortHeader column="last-run" {...head} className="max-md:hidden">
              {words.syncsTable.lastRun}
            </SortHeader>
            <Th className="max-sm:sr-only">
              <span className="sr-only">{words.syncsTable.nextAction}</span>
            </Th>
          </tr>
        </thead>
        <VirtualRows
          rows={syncs}
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
