import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState } from 'react'
import type { RowsProps } from './virtual-rows.tsx'

/** Rows drawn beyond the screen's edge, so that scrolling shows no gap. */
const NEAR = 8

/** A table's body that draws what is near the screen while the page scrolls. */
export function WindowRows({ count, keyOf, height, renderAt }: RowsProps) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    if (body.current) setTop(body.current.getBoundingClientRect().top + window.scrollY)
  }, [])
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    overscan: NEAR,
    scrollMargin: top,
    getItemKey: keyOf,
  })
  const items = virtualizer.getVirtualItems()
  const before = (items[0]?.start ?? top) - top
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  return (
    <tbody ref={body}>
      {before > 0 && <tr aria-hidden style={{ height: before }} />}
      {items.map(({ index }) => renderAt(index, { index, measure: virtualizer.measureElement }))}
      {after > 0 && <tr aria-hidden style={{ height: after }} />}
    </tbody>
  )
}
