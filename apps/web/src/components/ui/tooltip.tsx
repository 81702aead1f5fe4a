import { useEffect, useState } from 'react'
import { loadedLater } from './loaded-later.tsx'

const TooltipPanel = loadedLater(
  async () => (await import('./tooltip-panel.tsx')).TooltipPanel,
  null,
  () => null,
)

const DELAY_MS = 300
/** The pointer may move over the tooltip itself, across the gap. */
const GRACE_MS = 150

/** What ends with "…" where it has no room. Not a value: it has a button that shows all of it. */
const CUT = ":is(.truncate, [class*='line-clamp-']):not(code)"

/** What shows its own text, or a row, when it has the focus: not a page, tab or dialog, which has many texts. */
const FOCUSED = 'a, button, tr'

const isCutOff = (element: HTMLElement): boolean =>
  element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight

/**
 * Shows the sentence of `data-tooltip`, or all of a text that is cut off, on hover and on keyboard focus: one for all
 * elements, since a table has hundreds. Never the only place where something is said.
 */
export function TooltipLayer() {
  const [anchor, setAnchor] = useState<HTMLElement>()
  useEffect(() => {
    const listening = new AbortController()
    const options = { signal: listening.signal, capture: true, passive: true }
    let timer: ReturnType<typeof setTimeout> | undefined
    /** What the pointer is on, or what has the focus. */
    let present: HTMLElement | null = null
    const show = (next: HTMLElement | null, delay: number) => {
      clearTimeout(timer)
      present = next
      timer = setTimeout(() => setAnchor(next?.isConnected === true ? next : undefined), delay)
    }
    const hide = () => {
      if (present !== null) show(null, 0)
    }
    document.addEventListener(
      'pointerover',
      ({ target, pointerType }) => {
        if (pointerType === 'touch' || !(target instanceof Element) || target.closest('[role=tooltip]')) return
        const cut = target.closest<HTMLElement>(CUT)
        const next = target.closest<HTMLElement>('[data-tooltip]') ?? (cut && isCutOff(cut) ? cut : null)
        if (next !== present) show(next, next ? DELAY_MS : GRACE_MS)
      },
      options,
    )
    document.addEventListener(
      'focusin',
      ({ target }) => {
        // The focus that returns from a dialog closed with the mouse asks for nothing.
        if (!(target instanceof HTMLElement) || !target.matches(':focus-visible')) return
        if (target.matches('[data-tooltip]')) return show(target, 0)
        if (!target.matches(FOCUSED)) return
        const texts = [target, ...target.querySelectorAll<HTMLElement>(CUT)]
        const cut = texts.find((text) => text.matches(CUT) && isCutOff(text))
        if (cut) show(cut, 0)
      },
      options,
    )
    for (const event of ['focusout', 'pointerdown', 'click'] as const) document.addEventListener(event, hide, options)
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && hide(), options)
    document.addEventListener(
      'scroll',
      ({ target }) => {
        if (present !== null && target instanceof Node && target.contains(present)) hide()
      },
      options,
    )
    return () => {
      listening.abort()
      clearTimeout(timer)
    }
  }, [])
  return anchor && <TooltipPanel anchor={anchor} />
}
