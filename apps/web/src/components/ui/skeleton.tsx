import { cn } from '../../lib/cn.ts'

export const Skeleton = ({ className }: { className?: string }) => (
  <span aria-hidden className={cn('shimmer block h-4 rounded', className)} />
)

/** Rows in the shape of the table that is coming. */
export function SkeletonRows({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="divide-y divide-line rounded-lg border border-line bg-surface">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex items-center gap-6 px-4 py-3.5">
          <Skeleton className={index % 2 === 0 ? 'w-48' : 'w-36'} />
          <Skeleton className="hidden w-28 sm:block" />
          <Skeleton className="ml-auto w-16" />
        </div>
      ))}
    </div>
  )
}
