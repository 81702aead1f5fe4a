import { STATUS_WORDS } from '@keyferry/schemas/sync-status-words'
import { Progress } from 'radix-ui'
import { useProgress } from '../../../lib/live/live.ts'
import type { Sync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** How far the run is. The page can be closed: the run continues. */
export function ProgressBar({ sync }: { sync: Sync }) {
  const progress = useProgress(sync.id)
  const running = sync.state === 'running' || progress !== undefined
  const known = progress !== undefined && progress.total > 0
  const text = known ? words.progressBar.written(progress.done, progress.total) : words.progressBar.planning
  return (
    <div aria-live="polite" className={running ? 'grid gap-1.5' : 'sr-only'}>
      {running ? (
        <>
          <Progress.Root
            aria-label={words.progressBar.syncProgress}
            value={known ? progress.done : null}
            max={known ? progress.total : 100}
            className="h-1.5 overflow-hidden rounded-full bg-line"
          >
            <Progress.Indicator
              className="h-full rounded-full bg-accent transition-[width] data-[state=indeterminate]:animate-pulse"
              style={{ width: known ? `${(progress.done / progress.total) * 100}%` : '30%' }}
            />
          </Progress.Root>
          <p className="text-sm text-soft tabular-nums">{text}</p>
        </>
      ) : (
        `${STATUS_WORDS[sync.status]}.`
      )}
    </div>
  )
}
