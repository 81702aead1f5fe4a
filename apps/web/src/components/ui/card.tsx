import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

export const Card = ({ className, children }: { className?: string; children: ReactNode }) => (
  <div className={cn('rounded-lg border border-line bg-surface', className)}>{children}</div>
)

/** A card with a heading, a sentence and perhaps a button. */
export function Section({
  title,
  text,
  action,
  children,
  tone,
}: {
  title: string
  text?: ReactNode
  action?: ReactNode
  children?: ReactNode
  tone?: 'bad'
}) {
  return (
    <section
      aria-label={title}
      className={cn('rounded-lg border bg-surface', tone === 'bad' ? 'border-bad/50' : 'border-line')}
    >
      <div className="flex flex-wrap items-start gap-3 px-4 py-3">
        <div className="grid min-w-0 flex-1 basis-56 gap-0.5">
          <h2 className="text-base font-semibold">{title}</h2>
          {text !== undefined && <div className="text-sm text-soft">{text}</div>}
        </div>
        {action}
      </div>
      {children !== undefined && <div className="border-t border-line px-4 py-4">{children}</div>}
    </section>
  )
}
