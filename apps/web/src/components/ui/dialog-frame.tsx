import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useEffect, useRef, type RefObject } from 'react'
import { cn } from '../../lib/cn.ts'
import { isInToast, useFocusBack } from '../../lib/focus/focus-back.ts'
import type { DialogProps } from './dialog.tsx'
import { SessionNotice } from './session-notice.tsx'
import { words } from './words.ts'

const FIELD = 'input:enabled, select:enabled, textarea:enabled, [role=combobox]:enabled'
/** Without the buttons that only explain a word: focus opens their tooltip, which covers what follows. */
const ACTION = 'button:enabled:not([data-tooltip])'

/** What opens over the page: traps the focus, closes with Escape. */
export function DialogFrame({
  onClose,
  title,
  description,
  children,
  className,
}: Omit<DialogProps, 'open'> & { className: string }) {
  /** A click beside it then closes nothing: what was typed, or is shown once for it, would be gone. */
  const typed = useRef(false)
  const frame = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  return (
    <Radix.Root open onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          ref={frame}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={(event) => {
            typed.current = false
            if (body.current?.querySelector(`${FIELD}, ${ACTION}`)) return
            // No field or action yet. With the focus on the close button, Enter would close the dialog.
            event.preventDefault()
            frame.current?.focus()
          }}
          onInput={() => {
            typed.current = true
          }}
          onInteractOutside={(event) => {
            if (typed.current || isInToast(event.target)) event.preventDefault()
          }}
          className={cn('fixed z-40 flex flex-col bg-surface shadow-float focus:outline-none', className)}
        >
          <FocusBack />
          <LateField frame={frame} body={body} />
          <div className="grid gap-0.5 border-b border-line py-3.5 pr-16 pl-5">
            <Radix.Title className="text-lg font-semibold break-words">{title}</Radix.Title>
            {description !== undefined && (
              <Radix.Description asChild>
                <div className="text-sm text-soft">{description}</div>
              </Radix.Description>
            )}
          </div>
          <SessionNotice />
          <div ref={body} className="min-h-0 flex-1 scroll-pb-8 overflow-y-auto rounded-b-[inherit] p-5">
            {children}
          </div>
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

/** Gives the focus to the first field that is loaded after the dialog has opened, unless it was moved meanwhile. */
function LateField({ frame, body }: Record<'frame' | 'body', RefObject<HTMLElement | null>>) {
  useEffect(() => {
    if (!body.current) return
    const watch = new MutationObserver(() => {
      if (document.activeElement !== frame.current) return
      body.current?.querySelector<HTMLElement>(FIELD)?.focus()
    })
    watch.observe(body.current, { childList: true, subtree: true })
    return () => watch.disconnect()
  }, [frame, body])
  return null
}

/** Inside of what opens, so that it ends with that. */
function FocusBack() {
  useFocusBack()
  return null
}
