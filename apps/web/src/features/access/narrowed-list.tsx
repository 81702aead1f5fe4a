import type { ReactNode } from 'react'
import { FoundCount } from '../../components/rows/found-count.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { useSearch } from '../../lib/lists/use-search.ts'
import { words } from './words.ts'

/** So many are seen at a glance. */
const FEW = 10

interface Props<Row> {
  rows: readonly Row[]
  textOf: (row: Row) => string
  /** What is searched, from the address. */
  q: string
  onSearch: (q: string) => void
  /** Of the field. */
  label: string
  /** How many there are. */
  text: ReactNode
  add: ReactNode
  children: (shown: readonly Row[]) => ReactNode
}

/** People or machines with their number, a field that narrows a long list, and the button that adds one. */
export function NarrowedList<Row>({ rows, textOf, q, onSearch, label, text, add, children }: Props<Row>) {
  const [typed, type] = useSearch(q, onSearch)
  const wanted = typed.trim().toLowerCase()
  const shown = wanted === '' ? rows : rows.filter((row) => textOf(row).toLowerCase().includes(wanted))
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <FoundCount isNarrowed={wanted !== ''} className="text-base text-soft">
          {wanted === '' ? text : words.narrowedList.shown(shown.length, rows.length)}
        </FoundCount>
        <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
          {(rows.length > FEW || wanted !== '') && <SearchField label={label} value={typed} onChange={type} />}
          {add}
        </div>
      </div>
      {shown.length === 0 ? (
        <p className="py-6 text-center text-base text-soft">{words.narrowedList.noMatch(typed.trim())}</p>
      ) : (
        children(shown)
      )}
    </div>
  )
}
