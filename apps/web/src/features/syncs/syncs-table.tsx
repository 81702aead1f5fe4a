import {
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type SortingState,
} from '@tanstack/react-table'
import { useState } from 'react'
import { SortHeader } from '../../components/sort-header.tsx'
import { Table, Th } from '../../components/ui/table.tsx'
import type { Destination, Sync } from '../../lib/types.ts'
import { byStatus } from '../../components/sync-status.tsx'
import { SyncRow } from './sync-row.tsx'

const COLUMNS: ColumnDef<Sync>[] = [
  { accessorKey: 'name' },
  { id: 'source', accessorFn: (sync) => `${sync.environment?.slug ?? ''}:${sync.folder?.path ?? ''}` },
  { id: 'target', accessorFn: (sync) => `${sync.destination} ${sync.targetLabel}` },
  { id: 'status', accessorFn: (sync) => sync.status, sortingFn: (a, b) => byStatus(a.original, b.original) },
  { id: 'lastRun', accessorFn: (sync) => sync.lastRun?.startedAt ?? '' },
]

export function SyncsTable({ syncs, destinations }: { syncs: Sync[]; destinations: readonly Destination[] }) {
  const [sorting, setSorting] = useState<SortingState>([{ id: 'status', desc: false }])
  const table = useReactTable({
    data: syncs,
    columns: COLUMNS,
    state: { sorting },
    getRowId: (sync) => sync.id,
    onSortingChange: setSorting,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  })
  return (
    <Table label="Syncs">
      <thead>
        <tr>
          <SortHeader column={table.getColumn('name')}>Name</SortHeader>
          <SortHeader column={table.getColumn('source')} className="max-lg:hidden">
            Source
          </SortHeader>
          <SortHeader column={table.getColumn('target')} className="max-md:hidden">
            Destination
          </SortHeader>
          <SortHeader column={table.getColumn('status')}>Status</SortHeader>
          <SortHeader column={table.getColumn('lastRun')} className="max-md:hidden">
            Last run
          </SortHeader>
          <Th>
            <span className="sr-only">Next action</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {table.getRowModel().rows.map((row) => (
          <SyncRow
            key={row.id}
            sync={row.original}
            destination={destinations.find(({ name }) => name === row.original.destination)}
          />
        ))}
      </tbody>
    </Table>
  )
}
