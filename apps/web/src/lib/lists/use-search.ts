import { useEffect, useLayoutEffect, useRef, useState } from 'react'

/** After the last key stroke: what is typed narrows the table at once, and a page has one address for all of it. */
const PAUSE_MS = 200

/**
 * A text that is typed here and kept in the address, which follows after a pause. When the address changes otherwise,
 * by a link or by going back, the text follows it.
 */
export function useSearch(inAddress: string, putInAddress: (text: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(inAddress)
  /** Put in the address, and not seen there yet. */
  const underWay = useRef<string[]>([])
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined)
  const put = useRef(putInAddress)
  useLayoutEffect(() => {
    put.current = putInAddress
  }, [putInAddress])
  const address = useRef(inAddress)
  useEffect(() => {
    address.current = inAddress
    const index = underWay.current.indexOf(inAddress)
    if (index !== -1) {
      underWay.current = underWay.current.slice(index + 1)
      return
    }
    clearTimeout(pause.current)
    underWay.current = []
    setText(inAddress)
  }, [inAddress])
  useEffect(() => () => clearTimeout(pause.current), [])
  const type = (next: string) => {
    setText(next)
    clearTimeout(pause.current)
    pause.current = setTimeout(() => {
      // Typed and deleted again: the address stays, and nothing would be seen there.
      if (underWay.current.length === 0 && next === address.current) return
      underWay.current.push(next)
      put.current(next)
    }, PAUSE_MS)
  }
  return [text, type]
}
