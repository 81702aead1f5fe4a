import { startTransition, useEffect, useState } from 'react'

/**
 * False when its component is drawn first, true in a rendering soon after it, which gives way to scrolling and typing.
 * For what a screen needs only once somebody uses it.
 */
export function useSoon(): boolean {
  const [isSoon, setSoon] = useState(false)
  useEffect(() => startTransition(() => setSoon(true)), [])
  return isSoon
}
