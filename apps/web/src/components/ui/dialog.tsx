import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { buttonRow } from './button.tsx'
import { loadedLater } from './loaded-later.tsx'

const DialogFrame = loadedLater(async () => (await import('./dialog-frame.tsx')).DialogFrame)

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  description?: ReactNode
  children: ReactNode
}

/** `isWide`: for long lines. */
export const Dialog = ({ isWide = false, open, ...props }: DialogProps & { isWide?: boolean }) =>
  open && (
    <DialogFrame
      {...props}
      className={cn(
        'top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-xl border border-line',
        isWide ? 'max-w-4xl' : 'max-w-lg',
      )}
    />
  )

/** The same from the right edge, for what belongs beside the page. */
export const Drawer = ({ open, ...props }: DialogProps) =>
  open && <DialogFrame {...props} className="inset-y-0 right-0 w-full max-w-md border-l border-line" />

/** Buttons at the end of a dialog or form. */
export const Actions = ({ children }: { children: ReactNode }) => (
  <div className={cn(buttonRow, 'mt-5 items-center justify-end first:mt-0')}>{children}</div>
)

/** The same at the foot of a dialog that scrolls: what it takes to agree stays in sight. */
export const StickyActions = ({ children }: { children: ReactNode }) => (
  <div
    className={cn(
      buttonRow,
      'sticky -bottom-5 -mx-5 -mb-5 items-center justify-end border-t border-line bg-surface px-5 py-3.5',
    )}
  >
    {children}
  </div>
)
