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
import { SyncRow } from './sync-row.tsx'

const COLUMNS: ColumnDef<Sync>[] = [
  { accessorKey: 'name' },
  { id: 'source', accessorFn: (sync) => `${sync.environment?.slug ?? ''}:${sync.folder?.path ?? ''}` },
  { id: 'target', accessorFn: (sync) => `${sync.destination} ${sync.targetLabel}` },
  { id: 'state', accessorFn: (sync) => sync.state },
  { id: 'lastRun', accessorFn: (sync) => sync.lastRun?.startedAt ?? '' },
]

export function SyncsTable({ syncs, destinations }: { syncs: Sync[]; destinations: readonly Destination[] }) {
  const [sorting, setSorting] = useState<SortingState>([{ id: 'name', desc: false }])
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
          <SortHeader column={table.getColumn('state')}>State</SortHeader>
          <Th className="max-lg:hidden">In sync</Th>
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
