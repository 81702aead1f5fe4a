import { Popover } from 'radix-ui'
import { useRef, type ReactNode, type RefObject } from 'react'
import { cn } from '../../lib/cn.ts'

interface Props {
  anchor: RefObject<HTMLElement | null>
  label: string
  align: 'start' | 'end'
  className: string | undefined
  onClose: () => void
  children: ReactNode
}

/** What a popover's button opened, beside the button, which gets the focus back. */
export function PopoverPanel({ anchor, label, align, className, onClose, children }: Props) {
  const isLeft = useRef(false)
  return (
    <Popover.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal>
        <Popover.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          onInteractOutside={(event) => {
            // The button closes it itself.
            if (event.target instanceof Node && anchor.current?.contains(event.target) === true) event.preventDefault()
            else isLeft.current = true
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (!isLeft.current) anchor.current?.focus()
          }}
          className={cn(
            'z-40 grid max-w-(--radix-popover-content-available-width) gap-2 rounded-lg border border-line bg-surface p-2 shadow-float',
            className,
          )}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
