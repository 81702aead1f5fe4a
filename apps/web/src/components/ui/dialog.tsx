import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useRef, type ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { useFocusBack } from '../../lib/focus-back.ts'
import { words } from './words.ts'

interface Props {
  open: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children: ReactNode
  className?: string
}

function Frame({ open, onClose, title, description, children, className }: Props) {
  /** A click beside it then closes nothing: what was typed, or is shown once for it, would be gone. */
  const typed = useRef(false)
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={() => {
            typed.current = false
          }}
          onInput={() => {
            typed.current = true
          }}
          onInteractOutside={(event) => {
            if (typed.current) event.preventDefault()
          }}
          className={cn('fixed z-40 flex flex-col bg-surface shadow-float focus:outline-none', className)}
        >
          <FocusBack />
          <div className="grid gap-0.5 border-b border-line py-3.5 pr-16 pl-5">
            <Radix.Title className="text-lg font-semibold break-words">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description asChild>
                <div className="text-sm text-soft">{description}</div>
              </Radix.Description>
            )}
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto p-5">{children}</div>
          {/* Last, so that a dialog begins with its first field, or with the button that gives up. */}
          <Radix.Close
            aria-label={words.dialog.close}
            className="absolute top-3.5 right-5 grid size-7 place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink"
          >
            <X aria-hidden className="size-4" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** Inside of what opens: a drawer stays where it is while it is closed. */
function FocusBack() {
  useFocusBack()
  return null
}

/** `isWide`: for long lines. */
export const Dialog = ({ isWide = false, ...props }: Omit<Props, 'className'> & { isWide?: boolean }) => (
  <Frame
    {...props}
    className={cn(
      'top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-xl border border-line',
      isWide ? 'max-w-4xl' : 'max-w-lg',
    )}
  />
)

/** The same from the right edge, for what belongs beside the page. */
export const Drawer = (props: Omit<Props, 'className'>) => (
  <Frame {...props} className="inset-y-0 right-0 w-full max-w-md border-l border-line" />
)

/** Buttons at the end of a dialog or form. */
export const Actions = ({ children }: { children: ReactNode }) => (
  <div className="mt-5 flex flex-wrap items-center justify-end gap-2">{children}</div>
)

/** The same at the foot of a dialog that scrolls: what it takes to agree stays in sight. */
export const StickyActions = ({ children }: { children: ReactNode }) => (
  <div className="sticky -bottom-5 -mx-5 -mb-5 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-surface px-5 py-3.5">
    {children}
  </div>
)
