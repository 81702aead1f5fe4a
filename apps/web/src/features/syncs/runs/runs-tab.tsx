import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'
import { Counts } from '../../../components/syncs/counts.tsx'
import { Failure } from '../../../components/failure.tsx'
import { Empty } from '../../../components/pages/page.tsx'
import { RunStateBadge } from '../../../components/syncs/run-state.tsx'
import { Time } from '../../../components/time.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { RowTh, Table, Td, Th, Tr } from '../../../components/ui/table.tsx'
import { cn } from '../../../lib/cn.ts'
import { rowClick } from '../../../lib/focus/row-click.ts'
import { duration, exactTime } from '../../../lib/display/time.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Run, Sync } from '../../../lib/server/types.ts'
import { OlderRun } from './older-run.tsx'
import { RunOutcomes } from './run-outcomes.tsx'
import { words } from '../words.ts'

const TRIGGERS: Record<Run['trigger'], string> = {
  change: words.runsTab.secretChanged,
  manual: words.runsTab.manual,
  create: words.runsTab.syncCreated,
  edit: words.runsTab.syncEdited,
  approve: words.runsTab.planApproved,
  retry: words.runsTab.retry,
  remove: words.runsTab.removal,
  sweep: words.runsTab.scheduled,
  drift: words.runsTab.driftRepair,
}

/** The last runs; one opens to what became of each key. The open one is in the URL. */
export function RunsTab({
  sync,
  open,
  onOpen,
  onRestore,
}: {
  sync: Sync
  open: string | undefined
  onOpen: (run: string | undefined) => void
  onRestore: (run: string) => void
}) {
  const { data: runs, error, refetch } = trpc.syncs.runs.useQuery({ destination: sync.destination, syncId: sync.id })
  if (error) return <Failure what={words.runsTab.unreadable} error={error} retry={refetch} />
  if (!runs) return <SkeletonRows label={words.runsTab.loading} />
  const isListed = open === undefined || runs.some(({ id }) => id === open)
  if (!isListed)
    return <OlderRun key={open} sync={sync} runId={open} onClose={() => onOpen(undefined)} onRestore={onRestore} />
  if (runs.length === 0) return <Empty title={words.runsTab.title}>{words.runsTab.text}</Empty>
  return (
    <Table label={words.runsTab.runs} isStacked>
      <thead>
        <tr className="max-sm:grid-cols-[minmax(0,1fr)_auto]">
          <Th>{words.runsTab.started}</Th>
          <Th>{words.runsTab.state}</Th>
          <Th className="max-sm:hidden">{words.runsTab.changes}</Th>
          <Th className="max-md:hidden">{words.runsTab.why}</Th>
          <Th className="text-right max-sm:hidden">{words.runsTab.duration}</Th>
          <Th className="text-right max-md:hidden">{words.runsTab.apiCalls}</Th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => {
          const isOpen = run.id === open
          return (
            <Fragment key={run.id}>
              <Tr
                className="cursor-pointer max-sm:grid-cols-[minmax(0,1fr)_auto]"
                onClick={rowClick(() => onOpen(isOpen ? undefined : run.id))}
              >
                <RowTh>
                  <button
                    type="button"
                    aria-expanded={isOpen}
                    data-shortcut="Enter"
                    onClick={() => onOpen(isOpen ? undefined : run.id)}
                    className="-ml-1 inline-flex items-center gap-1 rounded px-1 font-medium hover:text-accent"
                  >
                    <ChevronRight
                      aria-hidden
                      className={cn('size-4 text-faint transition-transform', isOpen && 'rotate-90')}
                    />
                    <Time iso={run.startedAt} /> <span className="sr-only">{exactTime(run.startedAt)}</span>
                  </button>
                </RowTh>
                <Td>
                  <RunStateBadge state={run.state} />
                </Td>
                <Td className="max-sm:col-span-2 max-sm:pt-0 max-sm:pl-7">
                  {run.counts === null ? (
                    <span className="text-faint">{words.runsTab.none}</span>
                  ) : (
                    <Counts counts={run.counts} isPlanned={run.state === 'blocked'} />
                  )}
                </Td>
                <Td className="text-soft max-md:hidden">
                  {TRIGGERS[run.trigger]}
                  <span className="block max-w-52 truncate text-xs text-faint">{run.actor}</span>
                </Td>
                <Td className="text-right text-soft tabular-nums max-sm:hidden">
                  {run.durationMs === null ? '' : duration(run.durationMs)}
                </Td>
                <Td className="text-right text-soft tabular-nums max-md:hidden">{run.calls}</Td>
              </Tr>
              {isOpen && (
                <tr className="border-b border-line bg-sunken/60">
                  <td colSpan={6} className="p-3">
                    <RunOutcomes sync={sync} run={run} onRestore={() => onRestore(run.id)} />
                  </td>
                </tr>
              )}
            </Fragment>
          )
        })}
      </tbody>
    </Table>
  )
}
