import { useEffect, useState } from 'react'

/** What had the focus last, or the button of the menu that it was in: a menu closes before what it opens has come. */
let last: HTMLElement | null = null

/**
 * Begins to remember what has the focus; gives what ends it. For the frame of the pages, which is there before anything
 * opens.
 */
export function rememberFocus(): () => void {
  const remember = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement) last = openerAt(target)
  }
  document.addEventListener('focusin', remember)
  return () => document.removeEventListener('focusin', remember)
}

/**
 * For what opens over the page: when it closes, the focus returns to what opened it, or to the page where that is gone.
 * Radix does so for its own triggers only, and our dialogs are opened by a state.
 */
export function useFocusBack(): void {
  const [opener] = useState(last)
  useEffect(
    () => () => {
      // Once it is gone from the page, and with it the trap that would take the focus back.
      setTimeout(() => {
        if (document.activeElement !== document.body) return
        const back = opener?.isConnected === true ? opener : document.querySelector<HTMLElement>('#main')
        back?.focus({ preventScroll: true })
      })
    },
    [opener],
  )
}

function openerAt(element: HTMLElement): HTMLElement | null {
  const menu = element.closest('[role=menu]')?.getAttribute('aria-labelledby')
  return typeof menu === 'string' ? document.getElementById(menu) : element
}
