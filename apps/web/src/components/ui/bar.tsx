import type { ReactNode } from 'react'

/** What is wrong with the page as a whole, across its width. */
export const Bar = ({ children }: { children: ReactNode }) => (
  <div
    role="status"
    className="flex min-h-9 items-center gap-2 border-b border-warn/40 bg-warn-tint px-4 py-1.5 text-sm text-warn md:px-8 [&>svg]:shrink-0"
  >
    {children}
  </div>
)
