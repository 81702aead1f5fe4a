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

/** Of an address, what says which page it is, beside its path: a folder, or a tab. */
const PAGES: ReadonlySet<string> = new Set(['path', 'tab'])

/** Whether two addresses differ in one of these parameters; without `names`, in any. */
function differ(one: object, other: object, names?: ReadonlySet<string>): boolean {
  const [before, after] = [new Map(Object.entries(one)), new Map(Object.entries(other))]
  return [...(names ?? [...before.keys(), ...after.keys()])].some((name) => before.get(name) !== after.get(name))
}

/**
 * Asks before the page is left while something on it is unsaved; also on closing the tab. "Back" leaves whatever the
 * address opened, such as a drawer, while a button that closes it is pressed to give up what is typed there.
 */
export const useLeaveGuard = () =>
  useBlocker({
    shouldBlockFn: ({ current, next, action }) =>
      unsaved.size > 0 &&
      (current.pathname !== next.pathname ||
        differ(current.search, next.search, action === 'PUSH' || action === 'REPLACE' ? PAGES : undefined)),
    enableBeforeUnload: () => unsaved.size > 0,
    withResolver: true,
  })
