import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { SelectionBar } from '../../../components/rows/selection-bar.tsx'
import { SortHeader } from '../../../components/rows/sort-header.tsx'
import { Checkbox } from '../../../components/ui/checkbox.tsx'
import { ActionsTh, Table, Th } from '../../../components/ui/table.tsx'
import { VirtualRows } from '../../../components/rows/virtual-rows.tsx'
import { inFolder, useWhyNot } from '../../../lib/session/rights.ts'
import { byText, sortRows, type Sorting } from '../../../lib/lists/sorting.ts'
import type { FolderRef, SecretRow as Row } from '../../../lib/server/types.ts'
import { SecretRow } from './secret-row.tsx'
import { words } from '../words.ts'

const SelectedActions = onDemand(async () => (await import('../selection/selected-actions.tsx')).SelectedActions)

const COMPARISONS = {
  key: byText(({ key }: Row) => key),
  updatedAt: byText(({ updatedAt }: Row) => updatedAt),
}
type Column = keyof typeof COMPARISONS
/** Pixels, with the line below it. */
const ROW_HEIGHT = 37
const NONE: ReadonlySet<string> = new Set()

interface Props {
  place: FolderRef
  rows: readonly Row[]
  onHistory: (key: string) => void
  /** Starts a secret of this folder in place of an imported one. */
  onOverride: (key: string) => void
}

export function SecretsTable({ place, rows, onHistory, onOverride }: Props) {
  const [sorting, setSorting] = useState<Sorting<Column>>({ column: 'key', isDescending: false })
  const [selected, setSelected] = useState(NONE)
  const sorted = useMemo(() => sortRows(rows, COMPARISONS, sorting), [rows, sorting])
  const own = useMemo(() => sorted.filter(isOwn), [sorted])
  const chosen = useMemo(() => own.filter(({ key }) => selected.has(key)), [own, selected])
  const whyNot = useWhyNot(place.projectId)
  const isWritable = whyNot('secrets.write', inFolder(place)) === undefined
  const select = useSelect(own, setSelected)
  const head = { sorting, onSort: setSorting }
  return (
    <>
      <Table label={words.secretsTable.secrets} rows={sorted.length} isSticky>
        <thead>
          <tr>
            {isWritable && (
              <Th className="w-10 max-sm:w-8 max-sm:pr-0">
                <Checkbox
                  label={words.secretsTable.selectAll}
                  checked={chosen.length === 0 ? false : chosen.length === own.length ? true : 'indeterminate'}
                  onChange={(all) => setSelected(all ? new Set(own.map(({ key }) => key)) : NONE)}
                />
              </Th>
            )}
            <SortHeader column="key" {...head} className="w-[32%] max-sm:w-[45%]">
              {words.secretsTable.key}
            </SortHeader>
            <Th>{words.secretsTable.value}</Th>
            <Th className="w-48 max-lg:hidden xl:w-64">{words.secretsTable.syncedTo}</Th>
            <SortHeader column="updatedAt" {...head} className="w-32 max-md:hidden">
              {words.secretsTable.updated}
            </SortHeader>
            <ActionsTh className="w-12 max-sm:w-9" />
          </tr>
        </thead>
        <VirtualRows
          rows={sorted}
          idOf={({ key }) => key}
          height={ROW_HEIGHT}
          render={(row, virtual) => (
            <SecretRow
              key={row.key}
              {...virtual}
              place={place}
              row={row}
              whyNot={whyNot}
              isSelected={isOwn(row) && selected.has(row.key)}
              onSelect={select}
              onHistory={onHistory}
              onOverride={onOverride}
            />
          )}
        />
      </Table>
      <SelectionBar
        label={words.secretsTable.selectedSecrets}
        selected={chosen.length === 0 ? undefined : words.secretsTable.selected(chosen.length)}
        onClear={() => setSelected(NONE)}
      >
        <SelectedActions place={place} rows={chosen} onDone={() => setSelected(NONE)} />
      </SelectionBar>
    </>
  )
}

const isOwn = ({ origin }: Row): boolean => origin.kind === 'own'

/** Selects a row, or the range from the one before. The same function at every rendering: rows stay as drawn. */
function useSelect(
  own: readonly Row[],
  change: (next: (before: ReadonlySet<string>) => ReadonlySet<string>) => void,
): (key: string, isSelected: boolean, isRange: boolean) => void {
  const rows = useRef(own)
  useLayoutEffect(() => {
    rows.current = own
  }, [own])
  /** The row that was selected last, where a range begins. */
  const anchor = useRef<string>(undefined)
  return useCallback(
    (key, isSelected, isRange) => {
      const keys = rows.current.map((row) => row.key)
      const [from, to] = [anchor.current === undefined ? -1 : keys.indexOf(anchor.current), keys.indexOf(key)]
      const range = isRange && from >= 0 ? keys.slice(Math.min(from, to), Math.max(from, to) + 1) : [key]
      anchor.current = key
      change((before) => {
        const next = new Set(before)
        for (const each of range)
          if (isSelected) next.add(each)
          else next.delete(each)
        return next
      })
    },
    [change],
  )
}
