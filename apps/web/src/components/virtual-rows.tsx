import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'

/** Up to here all rows are drawn; beyond, only those near the screen. */
const DRAW_ALL = 150
const NEAR = 15

export interface RowProps {
  measure: (element: Element | null) => void
  index: number
}

interface Props<Row> {
  rows: readonly Row[]
  idOf: (row: Row) => string
  /** What a row is high, about, in pixels; the real height is measured. */
  height: number
  render: (row: Row, props: RowProps) => ReactNode
}

/** A table's body that draws what is near the screen while the page scrolls. */
export function VirtualRows<Row>({ rows, idOf, height, render }: Props<Row>) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    if (body.current) setTop(body.current.getBoundingClientRect().top + window.scrollY)
  }, [])
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: rows.length <= DRAW_ALL ? DRAW_ALL : NEAR,
    scrollMargin: top,
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : idOf(row)
    },
  })
  const items = virtualizer.getVirtualItems()
  const before = (items[0]?.start ?? top) - top
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  return (
    <tbody ref={body}>
      {before > 0 && <tr aria-hidden style={{ height: before }} />}
      {items.map(({ index }) => {
        const row = rows[index]
        return row !== undefined && render(row, { index, measure: virtualizer.measureElement })
      })}
      {after > 0 && <tr aria-hidden style={{ height: after }} />}
    </tbody>
  )
}
