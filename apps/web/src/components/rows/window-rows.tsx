import { defaultRangeExtractor, useWindowVirtualizer, windowScroll } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { OCCUPIED } from './occupied.ts'
import type { RowsProps } from './virtual-rows.tsx'

type Key = string | number

/** Rows drawn beyond the screen's edge, so that scrolling shows no gap. */
const NEAR = 8

/** A table's body that draws what is near the screen while the page scrolls, and the rows that somebody is in. */
export function WindowRows({ count, keyOf, height, renderAt }: RowsProps) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [top, setTop] = useState(0)
  const isDrawn = useRef(false)
  /** The rows as they were drawn last, by their index then. */
  const drawnKeys = useRef<ReadonlyMap<number, Key>>(new Map())
  useLayoutEffect(() => {
    if (body.current) setTop(body.current.getBoundingClientRect().top + window.scrollY)
  }, [])
  /** Rows that others added or removed, or a search, have moved them since. */
  const indexesOf = (keys: ReadonlySet<Key>): number[] =>
    keys.size === 0 ? [] : Array.from({ length: count }, (_, index) => index).filter((index) => keys.has(keyOf(index)))
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    overscan: NEAR,
    scrollMargin: top,
    getItemKey: keyOf,
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), ...indexesOf(occupied(body.current, drawnKeys.current))])].sort(
        (a, b) => a - b,
      ),
    // As it begins, the library scrolls to where the page was when these rows were rendered. On a slow machine somebody
    // has scrolled on since, and would be thrown back.
    // The same where a row above the screen turns out higher than any other: the page goes on from where it is.
    scrollToFn: (offset, to, rows) =>
      isDrawn.current && windowScroll(to.adjustments === undefined ? offset : window.scrollY, to, rows),
    // A row is as high as it was, or as any other, until the browser reports that it is not: reading its height as it
    // is drawn would have the page laid out once more in that frame.
    measureElement: (row, entry, rows) =>
      Math.round(
        entry?.borderBoxSize[0]?.blockSize ?? rows.measurementsCache[rows.indexFromElement(row)]?.size ?? height,
      ),
  })
  // After the library's own effect.
  useLayoutEffect(() => {
    isDrawn.current = true
  }, [])
  const items = virtualizer.getVirtualItems()
  useLayoutEffect(() => {
    drawnKeys.current = new Map(items.map(({ index }) => [index, keyOf(index)]))
  })
  const drawn: ReactNode[] = []
  let end = top
  let gaps = 0
  const gapUntil = (start: number) => {
    gaps++
    if (start > end) drawn.push(<tr key={` gap ${gaps}`} aria-hidden style={{ height: start - end }} />)
  }
  for (const item of items) {
    gapUntil(item.start)
    drawn.push(renderAt(item.index, { index: item.index, measure: virtualizer.measureElement }))
    end = item.end
  }
  gapUntil(top + virtualizer.getTotalSize())
  return <tbody ref={body}>{drawn}</tbody>
}

/** The rows that somebody is in, and the row with the focus. */
const occupied = (body: HTMLElement | null, drawnKeys: ReadonlyMap<number, Key>): ReadonlySet<Key> =>
  new Set(
    [...(body?.querySelectorAll(`${OCCUPIED}, :focus`) ?? [])].flatMap(
      (part) => drawnKeys.get(Number(part.closest<HTMLElement>('tr[data-index]')?.dataset.index)) ?? [],
    ),
  )
