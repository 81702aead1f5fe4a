import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { sortedBy, type Sorting } from '../../lib/lists/sorting.ts'
import { Th } from '../ui/table.tsx'

/** A column head that sorts; says which way. */
export function SortHeader<Column extends string>({
  column,
  sorting,
  onSort,
  className,
  children,
}: {
  column: Column
  sorting: Sorting<Column>
  onSort: (sorting: Sorting<Column>) => void
  className?: string
  children: ReactNode
}) {
  const isSorted = sorting.column === column
  const Icon = sorting.isDescending ? ArrowDown : ArrowUp
  return (
    <Th className={className} aria-sort={!isSorted ? 'none' : sorting.isDescending ? 'descending' : 'ascending'}>
      <button
        type="button"
        onClick={() => onSort(sortedBy(sorting, column))}
        className={cn(
          '-m-1 inline-flex min-h-6 items-center gap-1 rounded px-1 hover:text-ink',
          isSorted && 'text-ink',
        )}
      >
        {children}
        {isSorted && <Icon aria-hidden className="size-3" />}
      </button>
    </Th>
  )
}
