import { useEffect, useRef, useState } from 'react'
import { useOpenTitle } from '../lib/crumbs.ts'
import { words } from './words.ts'

/** Tells a screen reader which page was opened, as browsers do only for a page that they load. */
export function PageAnnouncer() {
  const title = useOpenTitle()
  const [said, say] = useState<string>()
  const before = useRef<string>(undefined)
  useEffect(() => {
    if (title === undefined) return
    if (before.current !== undefined && before.current !== title) say(title)
    before.current = title
  }, [title])
  return (
    <p aria-live="polite" className="sr-only">
      {said !== undefined && words.shell.opened(said)}
    </p>
  )
}
