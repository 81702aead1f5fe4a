import { count } from '@keyferry/schemas/count'
import {
  getCoreRowModel,
  getFilteredRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type RowSelectionState,
  type SortingState,
} from '@tanstack/react-table'
import { useState } from 'react'
import { Empty } from '../../components/page.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { SortHeader } from '../../components/sort-header.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { ActionsTh, Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import { inFolder, useWhyNot } from '../../lib/rights.ts'
import type { FolderRef, SecretRow as Row, Sync } from '../../lib/types.ts'
import { SecretRow } from './secret-row.tsx'
import { SelectedActions } from './selected-actions.tsx'
import { useSearch } from './use-search.ts'

const COLUMNS: ColumnDef<Row>[] = [
  { accessorKey: 'key' },
  { id: 'origin', accessorFn: (row) => row.origin.kind },
  { accessorKey: 'version' },
  { accessorKey: 'updatedAt' },
]

interface Props {
  place: FolderRef
  rows: Row[]
  readers: readonly Sync[]
  search: string
  onSearch: (search: string) => void
  onHistory: (key: string) => void
}

export function SecretsTable({ place, rows, readers, search, onSearch, onHistory }: Props) {
  const [sorting, setSorting] = useState<SortingState>([{ id: 'key', desc: false }])
  const [rowSelection, setRowSelection] = useState<RowSelectionState>({})
  const [globalFilter, setFilter] = useSearch(search, onSearch)
  const table = useReactTable({
    data: rows,
    columns: COLUMNS,
    state: { sorting, rowSelection, globalFilter },
    getRowId: (row) => row.key,
    enableRowSelection: (row) => row.original.origin.kind === 'own',
    onSortingChange: setSorting,
    onRowSelectionChange: setRowSelection,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    getFilteredRowModel: getFilteredRowModel(),
    globalFilterFn: (row, _column, text: string) => matches(row.original, text.toLowerCase()),
  })
  const whyNot = useWhyNot(place.projectId)
  const writable = whyNot('secrets.write', inFolder(place)) === undefined
  const visible = table.getRowModel().rows
  const selected = table.getSelectedRowModel().rows.map((row) => row.original)

  if (rows.length === 0) {
    return (
      <Empty title="No secrets in this folder yet">
        {writable
          ? 'Add the first one above, or paste a whole .env file. Syncs that read this folder send it on within a second.'
          : 'What somebody adds appears here at once.'}
      </Empty>
    )
  }
  return (
    <div className="grid gap-3">
      <div className="flex min-h-9 flex-wrap items-center gap-3">
        <SearchField label="Search secrets" value={globalFilter} onChange={setFilter} />
        <p className="text-sm text-soft" aria-live="polite">
          {visible.length === rows.length
            ? count(rows.length, 'secret')
            : `${visible.length} of ${count(rows.length, 'secret')}`}
        </p>
        {selected.length > 0 && (
          <SelectedActions place={place} rows={selected} readers={readers} onDone={() => setRowSelection({})} />
        )}
      </div>
      <Table label="Secrets">
        <thead>
          <tr>
            {writable && (
              <Th className="w-9">
                <Checkbox
                  label="Select all"
                  checked={
                    table.getIsAllRowsSelected() ? true : table.getIsSomeRowsSelected() ? 'indeterminate' : false
                  }
                  onChange={(all) => table.toggleAllRowsSelected(all)}
                />
              </Th>
            )}
            <SortHeader column={table.getColumn('key')} className="lg:w-[34%]">
              Key
            </SortHeader>
            <Th className="w-[32%]">Value</Th>
            <SortHeader column={table.getColumn('origin')} className="max-lg:hidden">
              Origin
            </SortHeader>
            <Th className="max-lg:hidden">Read by</Th>
            <SortHeader column={table.getColumn('version')} className="max-xl:hidden">
              Version
            </SortHeader>
            <SortHeader column={table.getColumn('updatedAt')} className="max-md:hidden">
              Updated
            </SortHeader>
            <ActionsTh className="w-10" />
          </tr>
        </thead>
        <VirtualRows
          rows={visible}
          idOf={({ id }) => id}
          height={45}
          render={(row, virtual) => (
            <SecretRow
              key={row.id}
              {...virtual}
              place={place}
              row={row.original}
              readers={readers}
              whyNot={whyNot}
              selected={row.getIsSelected()}
              onSelect={(next) => row.toggleSelected(next)}
              onHistory={onHistory}
            />
          )}
        />
      </Table>
      {visible.length === 0 && (
        <p className="py-6 text-center text-base text-soft">No key or tag contains “{globalFilter}”.</p>
      )}
    </div>
  )
}

const matches = ({ key, tags }: Row, text: string): boolean =>
  key.toLowerCase().includes(text) || tags.some(({ name }) => name.toLowerCase().includes(text))
