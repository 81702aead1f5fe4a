import { useRef, type MouseEvent, type PointerEvent } from 'react'

/** How far a pointer may slip between press and release, in CSS pixels. */
const SLIP_PX = 8

interface Press {
  element: HTMLElement
  x: number
  y: number
}

/**
 * Handlers for a list whose items move while it is used: what was pressed is chosen at the release, wherever it is by
 * then, unless the pointer left or the item is gone. cmdk appends every item again when one arrives, and a browser
 * makes no click of a press on what was moved meanwhile.
 */
export function usePress(item: string) {
  const press = useRef<Press>(undefined)
  const isChosen = useRef(false)
  return {
    onPointerDown: ({ target, button, clientX: x, clientY: y }: PointerEvent) => {
      const element = target instanceof Element && button === 0 ? target.closest<HTMLElement>(item) : null
      press.current = element ? { element, x, y } : undefined
      isChosen.current = false
    },
    onPointerUp: ({ clientX, clientY }: PointerEvent) => {
      const pressed = press.current
      press.current = undefined
      if (!pressed?.element.isConnected) return
      if (Math.hypot(clientX - pressed.x, clientY - pressed.y) > SLIP_PX) return
      isChosen.current = true
      pressed.element.click()
    },
    /** The pointer's own click, which has a count; that of a screen reader has none. */
    onClickCapture: (event: MouseEvent) => {
      if (isChosen.current && event.detail > 0) event.stopPropagation()
    },
  }
}
