/** Whether somebody typed something on the page that would be gone with it. */

/** Kinds of fields whose value is a choice, or a search that the address has too. */
const NO_TEXTS: ReadonlySet<string> = new Set(['checkbox', 'radio', 'range', 'file', 'button', 'submit', 'search'])
const touched = new Set<Element>()

const textIn = (field: Element): string => {
  if (field instanceof HTMLTextAreaElement) return field.value
  if (field instanceof HTMLInputElement) return NO_TEXTS.has(field.type) ? '' : field.value
  return field instanceof HTMLElement && field.isContentEditable ? (field.textContent ?? '') : ''
}

/** Notes which fields are typed in, from now on. */
export function watchTyping(): void {
  document.addEventListener(
    'input',
    ({ target }) => {
      forgetGone()
      if (target instanceof Element) touched.add(target)
    },
    { capture: true },
  )
}

/** Whether a field that somebody typed in is still on the page, and not empty. */
export function hasTyped(): boolean {
  forgetGone()
  return [...touched].some((field) => textIn(field).trim() !== '')
}

function forgetGone(): void {
  for (const field of touched) if (!field.isConnected) touched.delete(field)
}
