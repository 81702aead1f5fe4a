/** Which edits on the open page are not saved yet, so that leaving it asks first. */
import { useBlocker } from '@tanstack/react-router'
import { useEffect, useId } from 'react'

const unsaved = new Set<string>()

/** Marks the calling component as holding typed text that is not saved. */
export function useUnsaved(dirty: boolean): void {
  const id = useId()
  useEffect(() => {
    if (dirty) unsaved.add(id)
    return () => {
      unsaved.delete(id)
    }
  }, [dirty, id])
}

const pathIn = (search: object): unknown => ('path' in search ? search.path : undefined)

/** Asks before the page is left while something on it is unsaved; also on closing the tab. */
export const useLeaveGuard = () =>
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      unsaved.size > 0 && (current.pathname !== next.pathname || pathIn(current.search) !== pathIn(next.search)),
    enableBeforeUnload: () => unsaved.size > 0,
    withResolver: true,
  })
