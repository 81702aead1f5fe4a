/** Moving through the rows of the open page's tables, and pressing what they mark with `data-shortcut`. */

const rows = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('#main tbody > tr:not([aria-hidden]):not(:has([colspan]))'),
]

const focused = (): HTMLElement | null => document.activeElement?.closest<HTMLElement>('#main tbody > tr') ?? null

/** Gives the focus to the next row, or the one before; from outside the tables to the first. */
export function moveRow(by: 1 | -1): void {
  const all = rows()
  const row = focused()
  const next = row === null ? all[0] : all[all.indexOf(row) + by]
  if (!next) return
  next.tabIndex = -1
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}

/**
 * Presses what `key` stands for in the row that has the focus; false when there is nothing.
 *
 * @param shiftKey as a click with Shift does, which selects a range
 */
export const pressInRow = (key: string, shiftKey = false): boolean => press(focused(), key, shiftKey)

/** The same on the open page, outside of rows. */
export const pressOnPage = (key: string): boolean => press(document.querySelector('#main'), key)

/** How long a page may take to show what was asked of it. */
const SOON_MS = 5000

/** Presses what `key` stands for on the open page as soon as it is there, unless the person does something else. */
export function pressSoon(key: string): void {
  const main = document.querySelector('#main')
  if (!main || pressOnPage(key)) return
  const waiting = new AbortController()
  const watch = new MutationObserver(() => pressOnPage(key) && waiting.abort())
  const options = { signal: waiting.signal, capture: true, once: true }
  waiting.signal.addEventListener('abort', () => watch.disconnect())
  watch.observe(main, { childList: true, subtree: true, attributeFilter: ['disabled'] })
  for (const event of ['keydown', 'pointerdown']) document.addEventListener(event, () => waiting.abort(), options)
  setTimeout(() => waiting.abort(), SOON_MS)
}

function press(within: Element | null, key: string, shiftKey = false): boolean {
  const marked = `[data-shortcut="${key}"]:not(:disabled)`
  const control = within?.querySelector<HTMLElement>(key === 'x' ? `${marked}, input[type=checkbox]` : marked)
  if (!control) return false
  if (control.matches('input:not([type=checkbox]), textarea, [role=toolbar]')) control.focus()
  else control.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, shiftKey }))
  return true
}
