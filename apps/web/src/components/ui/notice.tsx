import { CircleAlert, CircleCheck, Info, OctagonX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

const kinds = {
  info: { icon: Info, box: 'border-line bg-sunken', mark: 'text-soft' },
  good: { icon: CircleCheck, box: 'border-good/40 bg-good-tint', mark: 'text-good' },
  warn: { icon: TriangleAlert, box: 'border-warn/40 bg-warn-tint', mark: 'text-warn' },
  bad: { icon: CircleAlert, box: 'border-bad/40 bg-bad-tint', mark: 'text-bad' },
  blocked: { icon: OctagonX, box: 'border-bad/40 bg-bad-tint', mark: 'text-bad' },
}

/** A boxed sentence that must be read. `bad` and `blocked` are announced, unless `isListed`: the page says how many. */
export function Notice({
  kind = 'info',
  isListed = false,
  title,
  children,
  action,
}: {
  kind?: keyof typeof kinds
  isListed?: boolean
  title?: ReactNode
  children?: ReactNode
  action?: ReactNode
}) {
  const { icon: Icon, box, mark } = kinds[kind]
  return (
    <div
      role={!isListed && (kind === 'bad' || kind === 'blocked') ? 'alert' : 'note'}
      className={cn('flex items-start gap-3 rounded-lg border p-3 text-sm', box)}
    >
      <Icon aria-hidden className={cn('mt-0.5 size-4.5 shrink-0', mark)} />
      <div className="flex min-w-0 flex-1 flex-wrap items-start gap-3">
        <div className="grid min-w-0 flex-1 basis-48 gap-1">
          {title !== undefined && <p className="font-semibold break-words">{title}</p>}
          {children !== undefined && <div className="break-words text-ink">{children}</div>}
        </div>
        {/* Buttons that come or change later are not announced as if they were the trouble. */}
        {action !== undefined && <div aria-live="off">{action}</div>}
      </div>
    </div>
  )
}
