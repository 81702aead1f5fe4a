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

/**
 * What opens over the page. Of a row of a table, it is marked where it belongs, so that the row stays. `isWide`: for
 * long lines.
 */
export const Dialog = ({ isWide = false, open, ...props }: DialogProps & { isWide?: boolean }) =>
  open && (
    <>
      <span hidden data-dialog />
      <DialogFrame
        {...props}
        className={cn(
          'top-1/2 left-1/2 max-h-[calc(100dvh-2rem)] w-[calc(100%-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-xl border border-line',
          isWide ? 'max-w-4xl' : 'max-w-lg',
        )}
      />
    </>
  )

/** The same from the right edge, for what belongs beside the page. */
export const Drawer = ({ open, ...props }: DialogProps) =>
  open && <DialogFrame {...props} className="inset-y-0 right-0 w-full max-w-md border-l border-line" />

/** Buttons at the end of a form. In a dialog they are its foot, which stays in sight while what is above it scrolls. */
export const Actions = ({ children }: { children: ReactNode }) => (
  <div
    className={cn(
      buttonRow,
      'mt-5 items-center justify-end first:mt-0',
      'in-dialog:sticky in-dialog:-bottom-5 in-dialog:-mx-5 in-dialog:-mb-5 in-dialog:border-t in-dialog:border-line in-dialog:bg-surface in-dialog:px-5 in-dialog:py-3.5',
      'in-dialog:first:-mt-5 in-dialog:first:border-t-0 in-dialog:[.grid>&]:mt-1',
    )}
  >
    {children}
  </div>
)
