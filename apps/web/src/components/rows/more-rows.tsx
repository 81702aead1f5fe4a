import { useEffect, useRef } from 'react'
import { Button } from '../ui/button.tsx'
import { words } from '../words.ts'

interface Props {
  /** How many rows are shown: of how many, the words say. */
  shown: number
  text: string
  busy: boolean
  onMore: () => void
}

/** Has the next rows read before the end of a long table comes into sight; a button where that did not work. */
export function MoreRows({ shown, text, busy, onMore }: Props) {
  const end = useRef<HTMLDivElement>(null)
  const more = useRef(onMore)
  useEffect(() => {
    more.current = onMore
  })
  useEffect(() => {
    const { current } = end
    if (!current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && more.current(), {
      rootMargin: '400px',
    })
    observer.observe(current)
    return () => observer.disconnect()
  }, [shown])
  return (
    <div ref={end} className="flex items-center justify-center gap-3 pb-4 text-sm text-soft">
      {text}
      <Button size="sm" busy={busy} onClick={onMore}>
        {words.moreRows.more}
      </Button>
    </div>
  )
}
