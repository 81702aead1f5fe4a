import type { MouseEvent } from 'react'

const CONTROLS = 'a, button, input, select, textarea, label, [role=checkbox], [role=menuitem]'

/**
 * For the `onClick` of a table's row: does `open` unless a control of the row was clicked, or text is being selected.
 * The row also needs a link or a button that does the same, for the keyboard.
 */
export const rowClick =
  (open: () => void) =>
  (event: MouseEvent<HTMLElement>): void => {
    const { target } = event
    if (!(target instanceof Element) || target.closest(CONTROLS)) return
    if (getSelection()?.isCollapsed === false) return
    open()
  }
