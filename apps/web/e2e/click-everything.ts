import type { Page } from 'playwright-core'

/**
 * Clicks each control of the page, and of what opens over it, but none whose name is in `clicked`; adds those names. A
 * link is named after its address without the values of its search: each leads to a page that is drawn.
 * Gives the controls after which there was no usable page: its body was empty, its frame gone or another page loaded.
 */
export async function clickEverything(page: Page, clicked: Set<string>): Promise<string[]> {
  const result = await page.evaluate<{ names: string[]; unusable: string[] }>(
    `(${CLICK_EVERYTHING})(${JSON.stringify([...clicked])})`,
  )
  for (const name of result.names) clicked.add(name)
  return result.unusable
}

/** In the page, since a round trip for each control would take minutes. */
const CLICK_EVERYTHING = `async (before) => {
  const names = new Set(before)
  const unusable = []
  const start = location.pathname
  const depth = () => history.state?.__TSR_index ?? 0
  const first = depth()
  const settled = async () => {
    await new Promise((done) => setTimeout(done, 20))
    for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
  }
  const layer = () => [...document.querySelectorAll('[role=dialog], [role=alertdialog], [role=menu]')].at(-1)
  const wordsOf = (control) => control.getAttribute('aria-label') ?? (control.labels?.[0] ?? control).textContent
  const whereTo = ({ pathname, searchParams }) => [pathname, ...searchParams.keys()].join(' ')
  const nameOf = (control, over) =>
    [control.tagName, control.href ? whereTo(new URL(control.href)) : wordsOf(control), over ? 'over' : ''].join(' ')
  const isUsable = (control) => control.checkVisibility() && !control.disabled && control.target !== '_blank'
  const CONTROLS = 'button, input[type=checkbox], a[href^="/"], [role=menuitem], [role=menuitemradio], summary'
  const next = (over) =>
    [...(over ?? document).querySelectorAll(CONTROLS)].find((control) => !names.has(nameOf(control, over)) && isUsable(control))
  const press = (control) => {
    control.focus()
    control.dispatchEvent(new PointerEvent('pointerdown', { view: window, bubbles: true, cancelable: true, button: 0, pointerType: 'mouse' }))
    control.dispatchEvent(new MouseEvent('mousedown', { view: window, bubbles: true, cancelable: true, button: 0 }))
    control.dispatchEvent(new PointerEvent('pointerup', { view: window, bubbles: true, cancelable: true, button: 0, pointerType: 'mouse' }))
    control.click()
  }
  for (let clicks = 0; clicks < 300; clicks++) {
    const open = layer()
    const control = next(open)
    if (!control && !open) break
    if (control) {
      const name = nameOf(control, open)
      names.add(name)
      press(control)
      await settled()
      if (document.body.textContent.trim() === '' || !document.querySelector('#main')) return { names: [...names], unusable: [name] }
    } else {
      ;(document.activeElement ?? open).dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))
      await settled()
      if (layer() === open) unusable.push('Escape did not close ' + open.innerText.slice(0, 80))
      if (layer() === open) break
    }
    if (location.pathname !== start && !layer()) {
      // Where the address was replaced, this page is no longer in the history.
      if (depth() <= first) break
      // Not again before it has happened: two at once leave the console.
      const popped = new Promise((done) => addEventListener('popstate', done, { once: true }))
      history.back()
      await popped
      await settled()
    }
  }
  return { names: [...names], unusable }
}`
