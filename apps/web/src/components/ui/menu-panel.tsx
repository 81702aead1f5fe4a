import { Menu } from 'radix-ui/internal'
import { useRef, type ReactNode, type RefObject } from 'react'
import { MenuParts } from './menu-parts.ts'

interface Props {
  anchor: RefObject<HTMLElement | null>
  /** The ID of the button that opened it. */
  labelledBy: string
  /** It begins with the first item. */
  byKeyboard: boolean
  align: 'start' | 'end'
  side: 'top' | 'bottom' | undefined
  onClose: () => void
  children: ReactNode
}

/** The open list of a menu, beside its button, which gets the focus back. */
export function MenuPanel({ anchor, labelledBy, byKeyboard, align, side, onClose, children }: Props) {
  const isLeft = useRef(false)
  const isEntered = useRef(!byKeyboard)
  return (
    <MenuParts value={Menu}>
      <Menu.Root open modal={false} onOpenChange={(isOpen) => !isOpen && onClose()}>
        <Menu.Anchor virtualRef={anchor} />
        <Menu.Portal>
          <Menu.Content
            aria-labelledby={labelledBy}
            align={align}
            side={side}
            sideOffset={4}
            collisionPadding={8}
            onEntryFocus={(event) => {
              const list = event.currentTarget
              const first = list instanceof HTMLElement ? list.querySelector<HTMLElement>(FIRST) : null
              if (isEntered.current || !first) return
              isEntered.current = true
              event.preventDefault()
              first.focus({ preventScroll: true })
            }}
            onInteractOutside={() => {
              isLeft.current = true
            }}
            onCloseAutoFocus={(event) => {
              event.preventDefault()
              if (!isLeft.current) anchor.current?.focus()
            }}
            className="z-50 max-h-96 max-w-[min(24rem,var(--radix-popper-available-width))] min-w-52 overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-float"
          >
            {children}
          </Menu.Content>
        </Menu.Portal>
      </Menu.Root>
    </MenuParts>
  )
}

const FIRST = '[role^=menuitem]:not([data-disabled])'
