import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { tinykeys } from 'tinykeys'
import { moveRow, pressInRow, pressOnPage, pressSoon } from '../../lib/focus/row-keys.ts'
import { GO_KEYS, IN_ROW, ON_PAGE } from './shortcuts.ts'

interface Doors {
  projectId: string | undefined
  togglePalette: () => void
  openSheet: () => void
}

/** Listens to the keys of the console. Single letters do nothing in a field or under a dialog. */
export function useShortcuts({ projectId, togglePalette, openSheet }: Doors): void {
  const router = useRouter()
  useEffect(() => {
    const stopPalette = tinykeys(
      window,
      {
        '$mod+k': (event) => {
          event.preventDefault()
          togglePalette()
        },
      },
      { ignore: () => false },
    )
    let stop = (): void => undefined
    const listen = (): void => {
      stop()
      stop = tinykeys(window, bindings, { ignore: isTypedElsewhere })
    }
    /** A key that is pressed on the way to a page is meant for that page. */
    const whenArrived = (press: () => void): void => {
      if (router.state.status !== 'pending') return press()
      const arrived = router.subscribe('onResolved', () => {
        arrived()
        press()
      })
    }
    // The first match takes the key, so what begins with `g` comes before what is one key. The library keeps the other
    // sequences half done after one was pressed; listening again forgets them.
    const bindings: Record<string, (event: KeyboardEvent) => void> = {}
    if (projectId !== undefined)
      for (const [to, key] of Object.entries(GO_KEYS))
        bindings[`g ${key}`] = () => {
          listen()
          void router.navigate({ to, params: { projectId } })
        }
    bindings['[Shift]+?'] = openSheet
    bindings.j = () => moveRow(1)
    bindings.k = () => moveRow(-1)
    for (const { key } of ON_PAGE)
      bindings[`[Shift]+${key}`] = (event) => {
        event.preventDefault()
        if (key !== '/') whenArrived(() => pressSoon(key))
        else if (!pressOnPage(key)) togglePalette()
      }
    for (const { key } of IN_ROW)
      bindings[`[Shift]+${key}`] = (event) => {
        // On a control, Enter presses the control.
        if (key === 'Enter' && !(event.target instanceof HTMLTableRowElement)) return
        if (pressInRow(key, event.shiftKey)) event.preventDefault()
      }
    listen()
    return () => {
      stopPalette()
      stop()
    }
  }, [projectId, router, togglePalette, openSheet])
}

const FIELDS = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]'

function isTypedElsewhere({ target, altKey, ctrlKey, metaKey, isComposing }: KeyboardEvent): boolean {
  if (altKey || ctrlKey || metaKey || isComposing) return true
  if (document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')) return true
  return target instanceof Element && target.matches(FIELDS)
}
