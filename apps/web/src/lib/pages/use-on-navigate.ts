import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'

/**
 * Calls back once the address is not the one that the caller was shown at: for dialogs that hold links, also to the
 * page below.
 */
export function useOnNavigate(onLeft: () => void): void {
  const { href } = useLocation()
  const [opened] = useState(href)
  const latest = useRef(onLeft)
  useEffect(() => {
    latest.current = onLeft
  })
  useEffect(() => {
    if (href !== opened) latest.current()
  }, [href, opened])
}
