import { useEffect, useState } from 'react'

/** Where the focus is, and where it goes when that is gone: nearest first. */
type Place = readonly HTMLElement[]

/** What had the focus last, or the button of the menu that it was in: a menu closes before what it opens has come. */
let last: Place | null = null

/** What says where somebody is when it has the focus itself. */
const AROUND = 'tr, li, fieldset, form, section, table, [role=tabpanel], [role=dialog], [role=alertdialog], main'
/** What lies over the page and goes away on its own: somebody who was in it is where they were before. */
const ASIDE = '[data-sonner-toaster], [data-aside]'
/** Until then, what removed an element may give the focus to another. */
const SETTLED_MS = 100

/**
 * Begins to remember what has the focus, and to give it to what is nearest when that is removed: otherwise a screen
 * reader begins again at the top of the page. Gives what ends it.
 */
export function keepFocus(): () => void {
  const remember = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return
    const aside = target.closest(ASIDE)
    last = aside ? [target, ...outside(aside)] : placeOf(openerAt(target))
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const settle = () => {
    timer = undefined
    if (isLost()) giveBack(last)
  }
  const watch = new MutationObserver(() => {
    if (timer === undefined && isLost()) timer = setTimeout(settle, SETTLED_MS)
  })
  watch.observe(document.body, { childList: true, subtree: true })
  document.addEventListener('focusin', remember, true)
  return () => {
    clearTimeout(timer)
    watch.disconnect()
    document.removeEventListener('focusin', remember, true)
  }
}

/**
 * For what opens over the page or in it: when it closes, the focus returns to what opened it, or to what is nearest.
 * Radix does so for its own triggers only, and ours are opened by a state.
 */
export function useFocusBack(): void {
  const [opener] = useState(last)
  useEffect(
    () => () => {
      // Once it is gone from the page, and with it the trap that would take the focus back.
      setTimeout(() => {
        const { activeElement } = document
        if (activeElement === document.body) giveBack(opener)
        // The message that came meanwhile was faster: from there the focus goes back all the same.
        else if (activeElement instanceof HTMLElement && activeElement.closest(ASIDE))
          last = [activeElement, ...(opener ?? [])]
      })
    },
    [opener],
  )
}

/** Gives the focus back to where it was before it came into `aside`. */
export const leaveAside = (aside: Element): void => giveBack(outside(aside))

const outside = (aside: Element): Place => (last ?? []).filter((element) => !aside.contains(element))

/** A message lies over whatever is open: a click on it is none beside that. */
export const isInToast = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[data-sonner-toaster]') !== null

const isLost = (): boolean => document.activeElement === document.body && last?.[0]?.isConnected === false

/** Gives the focus to the first that takes it, or to the page. */
function giveBack(place: Place | null): void {
  // What lies over the page has no place of its own.
  last = place
  const page = document.querySelector<HTMLElement>('main')
  const again = place?.[0] && redrawn(place[0])
  for (const element of [...(again ? [again] : []), ...(place ?? []), ...(page ? [page] : [])]) {
    if (!element.isConnected) continue
    if (element.tabIndex < 0) element.tabIndex = -1
    element.focus({ preventScroll: true })
    if (document.activeElement === element) return
  }
}

/** A tab of which a press opened another page with the same tabs, as an environment's. */
const redrawn = (tab: HTMLElement): HTMLElement | undefined =>
  [...document.querySelectorAll<HTMLElement>('main [role=tab]')].find(
    ({ textContent }) => !tab.isConnected && tab.role === 'tab' && textContent === tab.textContent,
  )

/**
 * In a list, the row itself is nearest, then the next one, and the one before where there is no next. Not in a list of
 * ways to other pages.
 */
function placeOf(element: HTMLElement): Place {
  const row = element.closest('nav') ? null : element.closest('tr, li')
  const rows = [row, row?.nextElementSibling, row?.previousElementSibling].filter(isRow)
  const place = [element, ...rows]
  for (let around = element.parentElement?.closest<HTMLElement>(AROUND); around;) {
    place.push(around)
    around = around.parentElement?.closest<HTMLElement>(AROUND)
  }
  return place
}

/** Not the room of rows that are not drawn. */
const isRow = (element: Element | null | undefined): element is HTMLElement =>
  element instanceof HTMLElement && element.ariaHidden !== 'true'

function openerAt(element: HTMLElement): HTMLElement {
  const menu = element.closest('[role=menu]')?.getAttribute('aria-labelledby')
  return (typeof menu === 'string' ? document.getElementById(menu) : null) ?? element
}
