import { useState } from 'react'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { cn } from '../../../lib/cn.ts'
import { clockTime } from '../../../lib/display/time.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Sync } from '../../../lib/server/types.ts'
import { runsByHour, type Hour } from './runs-by-hour.ts'
import { words } from '../words.ts'

const LOOKS: Record<NonNullable<Hour['worst']> | 'none', string> = {
  failed: 'bg-bad',
  blocked: 'bg-bad',
  partial: 'bg-warn',
  running: 'bg-accent',
  succeeded: 'bg-good',
  none: 'bg-sunken',
}
const TROUBLE: readonly Hour['worst'][] = ['failed', 'blocked', 'partial']

/** The runs of the last day, an hour a tick, and in words. */
export function RunStrip({ sync }: { sync: Sync }) {
  const { data } = trpc.syncs.runs.useQuery({ destination: sync.destination, syncId: sync.id })
  const [now] = useState(() => Date.now())
  if (!data) return <Skeleton className="h-5 w-full" />
  // A run that started since the page was opened is of the last hour.
  const hours = runsByHour(data, Math.max(now, ...data.slice(0, 1).map(({ startedAt }) => Date.parse(startedAt) + 1)))
  const runs = hours.reduce((sum, hour) => sum + hour.runs, 0)
  const troubled = hours.filter(({ worst }) => TROUBLE.includes(worst)).length
  return (
    <>
      <span aria-hidden className="flex h-5 w-full max-w-xl gap-0.5">
        {hours.map(({ from, worst, runs }) => (
          <span
            key={from}
            title={words.runStrip.hour(clockTime(new Date(from).toISOString()), runs)}
            className={cn('flex-1 rounded-xs', LOOKS[worst ?? 'none'])}
          />
        ))}
      </span>
      <span className="text-xs font-normal text-soft">
        {runs === 0 ? words.runStrip.none : words.runStrip.runs(runs)}
        {troubled > 0 && words.runStrip.troubled(troubled)}
      </span>
    </>
  )
}
