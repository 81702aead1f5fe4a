import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'

/** Of a frame, the milliseconds after which nothing more is begun while it scrolls: its layout is yet to come. */
const SCROLLING_MS = 7
/** How long a frame may take where nothing moves. */
const RESTING_MS = 25
/** A person who turns a wheel does so again within this time. */
const REST_MS = 150

/** Milliseconds. What scrolls past faster is gone before anybody could use it. */
const STAYS_MS = 60

/** When each was drawn, in that order, but for those that are gone again. */
const waiting = new Map<() => void, number>()
let isWatching = false
let scrolledAt = -Infinity
document.addEventListener('scroll', ({ timeStamp }) => (scrolledAt = timeStamp), { passive: true, capture: true })

/** Completes what there is time for in the frame that began at `start`; where nothing moves, at least one. */
function nextFrame(start: number): void {
  const now = performance.now()
  const isScrolling = now - scrolledAt < REST_MS
  const end = isScrolling ? start + SCROLLING_MS : now + RESTING_MS
  for (const [complete, drawnAt] of waiting) {
    if (isScrolling && (performance.now() > end || now - drawnAt < STAYS_MS)) break
    waiting.delete(complete)
    // Now, and not in a task after this frame: the browser lays out the page once, for this and for what scrolled in.
    flushSync(complete)
    if (performance.now() > end) break
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
    waiting.set(complete, performance.now())
    if (!isWatching) requestAnimationFrame(nextFrame)
    isWatching = true
    return () => void waiting.delete(complete)
  }, [])
  return isSoon
}
