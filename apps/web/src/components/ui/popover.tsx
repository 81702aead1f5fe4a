import { Slot } from 'radix-ui'
import { useRef, useState, type ReactNode } from 'react'
import { loadedLater } from './loaded-later.tsx'

const PopoverPanel = loadedLater(async () => (await import('./popover-panel.tsx')).PopoverPanel)

/** A button that opens something beside it, which is loaded and drawn when it opens. */
export function Popover({
  trigger,
  label,
  align = 'start',
  className,
  children,
}: {
  trigger: ReactNode
  /** Names what opens. */
  label: string
  align?: 'start' | 'end'
  className?: string
  children: (close: () => void) => ReactNode
}) {
  const anchor = useRef<HTMLElement>(null)
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Slot.Root ref={anchor} aria-haspopup="dialog" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {trigger}
      </Slot.Root>
      {isOpen && (
        <PopoverPanel anchor={anchor} label={label} align={align} className={className} onClose={close}>
          {children(close)}
        </PopoverPanel>
      )}
    </>
  )
}
