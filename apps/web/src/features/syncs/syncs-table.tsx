import {
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table'
import { useState } from 'react'
import { SortHeader } from '../../components/sort-header.tsx'
import { byStatus } from '../../components/sync-status.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import type { Destination, Sync } from '../../lib/types.ts'
import { BulkBar } from './bulk-bar.tsx'
import { SyncRow } from './sync-row.tsx'
import { words } from './words.ts'

const COLUMNS: ColumnDef<Sync>[] = [
  { accessorKey: 'name' },
  { id: 'source', accessorFn: (sync) => `${sync.environment?.slug ?? ''}:${sync.folder?.path ?? ''}` },
  { id: 'target', accessorFn: (sync) => `${sync.destination} ${sync.targetLabel}` },
  { id: 'status', accessorFn: (sync) => sync.status, sortingFn: (a, b) => byStatus(a.original, b.original) },
  { id: 'lastRun', accessorFn: (sync) => sync.lastRun?.startedAt ?? '' },
]

/** Problems first; some can be selected for an action on all of them. */
export function SyncsTable({ syncs, destinations }: { syncs: Sync[]; destinations: readonly Destination[] }) {
  const [sorting, setSorting] = useState<SortingState>([{ id: 'status', desc: false }])
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const table = useReactTable({
    data: syncs,
    columns: COLUMNS,
    state: { sorting },
    getRowId: (sync) => sync.id,
    onSortingChange: setSorting,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  })
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
            <SortHeader column={table.getColumn('name')}>{words.syncsTable.name}</SortHeader>
            <SortHeader column={table.getColumn('source')} className="max-lg:hidden">
              {words.syncsTable.source}
            </SortHeader>
            <SortHeader column={table.getColumn('target')} className="max-md:hidden">
              {words.syncsTable.destination}
            </SortHeader>
            <SortHeader column={table.getColumn('status')}>{words.syncsTable.status}</SortHeader>
            <SortHeader column={table.getColumn('lastRun')} className="max-md:hidden">
              {words.syncsTable.lastRun}
            </SortHeader>
            <Th>
              <span className="sr-only">{words.syncsTable.nextAction}</span>
            </Th>
          </tr>
        </thead>
        <VirtualRows
          rows={table.getRowModel().rows.map((row) => row.original)}
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
