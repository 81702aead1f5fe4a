import { useEffect, useRef, useState } from 'react'
import { useOpenTitle } from '../../lib/pages/crumbs.ts'
import { words } from '../words.ts'

/** A page may be named once more when what it shows has come. */
const NAMED_MS = 300

/** Tells a screen reader which page was opened, as browsers do only for a page that they load. */
export function PageAnnouncer() {
  const title = useOpenTitle()
  const [said, say] = useState<string>()
  const before = useRef<string>(undefined)
  useEffect(() => {
    if (title === undefined) return
    const timer = setTimeout(() => {
      if (before.current !== undefined && before.current !== title) say(title)
      before.current = title
    }, NAMED_MS)
    return () => clearTimeout(timer)
  }, [title])
  return (
    <p aria-live="polite" className="sr-only">
      {said !== undefined && words.shell.opened(said)}
    </p>
  )
}
