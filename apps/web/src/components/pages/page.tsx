import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { buttonRow } from '../ui/button.tsx'

/** Title, one line of what this is, and what can be done. */
export const PageHeader = ({ title, text, actions }: { title: ReactNode; text?: ReactNode; actions?: ReactNode }) => (
  <header className="mb-5 flex flex-wrap items-start gap-x-4 gap-y-3">
    <div className="grid min-w-0 flex-1 basis-64 gap-1">
      <h1 className="text-xl font-semibold tracking-tight break-words">
        <bdi>{title}</bdi>
      </h1>
      {text !== undefined && <div className="text-base text-soft">{text}</div>}
    </div>
    {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
  </header>
)

/** What belongs here and what to do next. */
export const Empty = ({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) => (
  <div className="grid justify-items-center gap-2 rounded-lg border border-dashed border-edge/60 px-6 py-12 text-center">
    <h2 className="text-lg font-semibold">{title}</h2>
    <div className="max-w-md text-base text-soft">{children}</div>
    {action !== undefined && <div className={cn(buttonRow, 'mt-3 justify-center')}>{action}</div>}
  </div>
)
