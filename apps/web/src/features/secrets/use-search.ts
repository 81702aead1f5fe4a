import { useEffect, useRef, useState } from 'react'

/**
 * A text that is typed here and kept in the address, which takes a moment to follow. When the address changes
 * otherwise, by a link or by going back, the text follows it.
 */
export function useSearch(inAddress: string, putInAddress: (text: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(inAddress)
  /** Typed, and not seen in the address yet. */
  const underWay = useRef<string[]>([])
  useEffect(() => {
    const index = underWay.current.indexOf(inAddress)
    if (index === -1) setText(inAddress)
    underWay.current = underWay.current.slice(index + 1)
  }, [inAddress])
  const type = (next: string) => {
    setText(next)
    underWay.current.push(next)
    putInAddress(next)
  }
  return [text, type]
}
