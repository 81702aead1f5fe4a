import {
  getCoreRowModel,
  getSortedRowModel,
  useReactTable,
  type ColumnDef,
  type RowSelectionState,
  type SortingState,
} from '@tanstack/react-table'
import { useMemo, useRef, useState } from 'react'
import { SortHeader } from '../../components/sort-header.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { ActionsTh, Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import { inFolder, useWhyNot } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef, SecretRow as Row, Sync } from '../../lib/types.ts'
import { SecretRow } from './secret-row.tsx'
import { SelectedActions } from './selected-actions.tsx'
import { words } from './words.ts'

const COLUMNS: ColumnDef<Row>[] = [{ accessorKey: 'key' }, { accessorKey: 'updatedAt' }]
/** Keys whose deliveries are shown: a page of the API. */
const MAX_DELIVERIES = 1000
/** Pixels. */
const ROW_HEIGHT = 36

interface Props {
  place: FolderRef
  rows: Row[]
  readers: readonly Sync[]
  onHistory: (key: string) => void
  /** Starts a secret of this folder in place of an imported one. */
  onOverride: (key: string) => void
}

export function SecretsTable({ place, rows, readers, onHistory, onOverride }: Props) {
  const [sorting, setSorting] = useState<SortingState>([{ id: 'key', desc: false }])
  const [rowSelection, setRowSelection] = useState<RowSelectionState>({})
  /** The row that was selected last, where a range begins. */
  const anchor = useRef<string>(undefined)
  const table = useReactTable({
    data: rows,
    columns: COLUMNS,
    state: { sorting, rowSelection },
    getRowId: (row) => row.key,
    enableRowSelection: (row) => row.original.origin.kind === 'own',
    onSortingChange: setSorting,
    onRowSelectionChange: setRowSelection,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
  })
  const delivery = trpc.delivery.folder.useQuery({ ...place, limit: MAX_DELIVERIES })
  const deliveries = useMemo(() => new Map(delivery.data?.keys.map((each) => [each.key, each])), [delivery.data])
  const whyNot = useWhyNot(place.projectId)
  const isWritable = whyNot('secrets.write', inFolder(place)) === undefined
  const visible = table.getRowModel().rows
  const selected = table.getSelectedRowModel().rows.map((row) => row.original)
  const select = (key: string, isSelected: boolean, isRange: boolean) => {
    const from = visible.findIndex(({ id }) => id === anchor.current)
    const to = visible.findIndex(({ id }) => id === key)
    const range = isRange && from >= 0 ? visible.slice(Math.min(from, to), Math.max(from, to) + 1) : [visible[to]]
    const keys = range.flatMap((row) => (row?.getCanSelect() ? [row.id] : []))
    setRowSelection((before) => ({ ...before, ...Object.fromEntries(keys.map((each) => [each, isSelected])) }))
    anchor.current = key
  }
  return (
    <>
      <Table label={words.secretsTable.secrets} isSticky>
        <thead>
          <tr>
            {isWritable && (
              <Th className="w-10">
                <Checkbox
                  label={words.secretsTable.selectAll}
                  checked={
                    table.getIsAllRowsSelected() ? true : table.getIsSomeRowsSelected() ? 'indeterminate' : false
                  }
                  onChange={(all) => table.toggleAllRowsSelected(all)}
                />
              </Th>
            )}
            <SortHeader column={table.getColumn('key')} className="w-[38%] max-sm:w-[45%]">
              {words.secretsTable.key}
            </SortHeader>
            <Th>{words.secretsTable.value}</Th>
            <Th className="w-48 max-lg:hidden">{words.secretsTable.syncedTo}</Th>
            <SortHeader column={table.getColumn('updatedAt')} className="w-36 max-md:hidden">
              {words.secretsTable.updated}
            </SortHeader>
            <ActionsTh className="w-12" />
          </tr>
        </thead>
        <VirtualRows
          rows={visible}
          idOf={({ id }) => id}
          height={ROW_HEIGHT}
          render={(row, virtual) => (
            <SecretRow
              key={row.id}
              {...virtual}
              place={place}
              row={row.original}
              readers={readers}
              delivery={deliveries.get(row.id)}
              whyNot={whyNot}
              isSelected={row.getIsSelected()}
              onSelect={select}
              onHistory={onHistory}
              onOverride={onOverride}
            />
          )}
        />
      </Table>
      {selected.length > 0 && (
        <SelectedActions place={place} rows={selected} readers={readers} onDone={() => setRowSelection({})} />
      )}
    </>
  )
}
