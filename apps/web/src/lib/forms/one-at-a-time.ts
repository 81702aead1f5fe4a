import { useRef } from 'react'

/**
 * Does `work`, which must not throw, unless it is still under way: Enter may be pressed again while a server takes
 * long. A form whose submit button is busy needs none of this: the button refuses its Enter.
 */
export function useOneAtATime(work: () => Promise<void>): () => void {
  const isUnderWay = useRef(false)
  return () => {
    if (isUnderWay.current) return
    isUnderWay.current = true
    void work().finally(() => {
      isUnderWay.current = false
    })
  }
}
