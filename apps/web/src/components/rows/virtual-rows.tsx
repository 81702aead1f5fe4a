import { lazy, Suspense, useId, useState, type ReactNode } from 'react'
import { code } from '../../lib/loading/code.ts'
import { Boundary } from '../ui/boundary.tsx'
import { OCCUPIED } from './occupied.ts'

/** Up to here all rows are drawn; beyond, only those near the screen, with code that is loaded for it. */
const DRAW_ALL = 150
const windowRows = code(async () => (await import('./window-rows.tsx')).WindowRows)
const WindowRows = lazy(async () => ({ default: await windowRows() }))

export interface RowProps {
  /** Set while rows come and go with the scroll position: reports this row's height. */
  measure?: (element: Element | null) => void
  index: number
}

export interface RowsProps {
  count: number
  keyOf: (index: number) => string | number
  /** What a row is high, about, in pixels; the real height is measured. */
  height: number
  renderAt: (index: number, props: RowProps) => ReactNode
}

interface Props<Row> {
  rows: readonly Row[]
  idOf: (row: Row) => string
  height: number
  render: (row: Row, props: RowProps) => ReactNode
}

/** A table's body, however long. */
export function VirtualRows<Row>({ rows, idOf, height, render }: Props<Row>) {
  const isLong = rows.length > DRAW_ALL
  const id = useId()
  const [isWindowed, setWindowed] = useState(isLong)
  // Once a search has shortened the list, it stays as it is; it becomes long while nobody is in a row. What is typed
  // there would not outlive the change.
  if (isLong && !isWindowed && !document.getElementById(id)?.querySelector(OCCUPIED)) setWindowed(true)
  const all = () => <tbody id={id}>{rows.map((row, index) => render(row, { index }))}</tbody>
  if (!isWindowed) return all()
  const keyOf = (index: number) => {
    const row = rows[index]
    return row === undefined ? index : idOf(row)
  }
  const renderAt = (index: number, props: RowProps) => {
    const row = rows[index]
    return row === undefined ? null : render(row, props)
  }
  // A screen of them while that code is on its way. Only to look at: what is opened or typed there would be gone.
  const first = rows.slice(0, Math.ceil(window.innerHeight / height))
  return (
    <Boundary fallback={all}>
      <Suspense fallback={<tbody inert>{first.map((row, index) => render(row, { index }))}</tbody>}>
        <WindowRows count={rows.length} keyOf={keyOf} height={height} renderAt={renderAt} />
      </Suspense>
    </Boundary>
  )
}
