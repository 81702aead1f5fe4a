import { History } from 'lucide-react'
import { Failure } from '../../../components/failure.tsx'
import { Badge, type Tone } from '../../../components/ui/badge.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { ScrollList } from '../../../components/ui/scroll-list.tsx'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { duration } from '../../../lib/display/time.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Outcome, Run, Sync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const TONES = { failed: 'bad', rejected: 'warn' } as const
const WORST = { failed: words.runOutcomes.failed, rejected: words.runOutcomes.rejected } as const
const DONE: Record<Outcome['action'], Tone> = {
  create: 'good',
  update: 'accent',
  delete: 'neutral',
  keep: 'neutral',
  foreign: 'neutral',
  reject: 'warn',
}
const WORDS: Record<Outcome['action'], string> = {
  create: words.runOutcomes.created,
  update: words.runOutcomes.updated,
  delete: words.runOutcomes.deleted,
  keep: words.runOutcomes.kept,
  foreign: words.runOutcomes.notTouched,
  reject: words.runOutcomes.rejected,
}
const ORDER: readonly Outcome['state'][] = ['failed', 'rejected', 'done']

/** What became of each key in one run, and the way back to it. */
export function RunOutcomes({ sync, run, onRestore }: { sync: Sync; run: Run; onRestore: () => void }) {
  const { data, error, refetch } = trpc.syncs.run.useQuery({
    destination: sync.destination,
    syncId: sync.id,
    runId: run.id,
  })
  const denied = useWhyNot(sync.projectId)('secrets.write', atSource(sync))
  if (error) return <Failure what={words.runOutcomes.unreadable} error={error} retry={refetch} />
  if (!data) return <Skeleton className="h-16" />
  const outcomes = data.outcomes.toSorted(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.key.localeCompare(b.key),
  )
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <p className="text-sm text-soft">
          {[
            words.runOutcomes.apiCalls(data.calls),
            data.durationMs === null ? undefined : duration(data.durationMs),
            data.counts && data.counts.keep > 0 && words.runOutcomes.keptCount(data.counts.keep),
            data.counts && data.counts.foreign > 0 && words.runOutcomes.notTouchedCount(data.counts.foreign),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
        {data.restorable && (
          <Button size="sm" className="ml-auto" denied={denied} onClick={onRestore}>
            <History aria-hidden className="size-3.5" /> {words.runOutcomes.rollBackRun}
          </Button>
        )}
      </div>
      {data.message !== null && <p className="text-sm break-words">{data.message}</p>}
      {outcomes.length === 0 ? (
        <p className="text-sm text-soft">{words.runOutcomes.nothingWrittenRun}</p>
      ) : (
        <ScrollList
          aria-label={words.runOutcomes.outcomes}
          className="max-h-96 divide-y divide-line rounded-md border border-line bg-surface"
        >
          {outcomes.map(({ key, action, state, reason }) => (
            <li
              key={key}
              className="grid items-baseline gap-x-3 gap-y-0.5 px-3 py-1.5 text-sm sm:grid-cols-[6rem_minmax(0,2fr)_minmax(0,3fr)]"
            >
              <span>
                <Badge tone={state === 'done' ? DONE[action] : TONES[state]}>
                  {state === 'done' ? WORDS[action] : WORST[state]}
                </Badge>
              </span>
              <span className="font-mono break-all">{key}</span>
              <span className="break-words text-soft">{reason}</span>
            </li>
          ))}
        </ScrollList>
      )}
    </div>
  )
}
