import { useEffect, useState } from 'react'

/**
 * For what opens over the page: when it closes, the focus goes back to what opened it, or to the page where that is gone. Radix does so for its
 * own triggers only, and our dialogs are opened by a state.
 */
export function useFocusBack(): void {
  const [opener] = useState(() => openerOf(document.activeElement))
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

/** A menu closes with the choice of its item: then the button of the menu. */
function openerOf(active: Element | null): HTMLElement | null {
  const menu = active?.closest('[role=menu]')?.getAttribute('aria-labelledby')
  const opener = typeof menu === 'string' ? document.getElementById(menu) : active
  return opener instanceof HTMLElement && opener !== document.body ? opener : null
}
