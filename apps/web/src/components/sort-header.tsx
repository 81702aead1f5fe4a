import type { Column } from '@tanstack/react-table'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../lib/cn.ts'
import { Th } from './ui/table.tsx'

/** A column head that sorts; says which way. */
export function SortHeader<Row>({
  column,
  className,
  children,
}: {
  column: Column<Row> | undefined
  className?: string
  children: ReactNode
}) {
  const sorted = column?.getIsSorted()
  const Icon = sorted === 'desc' ? ArrowDown : ArrowUp
  return (
    <Th className={className} aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}>
      <button
        type="button"
        onClick={column?.getToggleSortingHandler()}
        className={cn('-mx-1 inline-flex items-center gap-1 rounded px-1 hover:text-ink', sorted && 'text-ink')}
      >
        {children}
        {sorted && <Icon aria-hidden className="size-3" />}
      </button>
    </Th>
  )
}
