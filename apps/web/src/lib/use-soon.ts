import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'

/** Of a frame's 16 milliseconds, those after which nothing more is begun: the browser has yet to lay it out. */
const BUDGET_MS = 7

/** In the order in which they were drawn, but for those that are gone again. */
const waiting = new Set<() => void>()
let isWatching = false

/** Completes what there is time for in this frame, at least one. */
function nextFrame(start: number): void {
  for (const complete of waiting) {
    waiting.delete(complete)
    // Now, and not in a task after this frame: the browser lays out the page once, for this and for what scrolled in.
    flushSync(complete)
    if (performance.now() - start > BUDGET_MS) break
  }
  isWatching = waiting.size > 0
  if (isWatching) requestAnimationFrame(nextFrame)
}

/**
 * False when its component is drawn first, true in a rendering soon after it. For what a screen needs only once
 * somebody uses it: it takes what scrolling leaves of each frame.
 */
export function useSoon(): boolean {
  const [isSoon, setSoon] = useState(false)
  useEffect(() => {
    const complete = () => setSoon(true)
    waiting.add(complete)
    if (!isWatching) requestAnimationFrame(nextFrame)
    isWatching = true
    return () => void waiting.delete(complete)
  }, [])
  return isSoon
}
