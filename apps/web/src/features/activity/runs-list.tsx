import { runState } from '@keyferry/schemas'
import { Link } from '@tanstack/react-router'
import { Counts } from '../../components/syncs/counts.tsx'
import { Failure } from '../../components/failure.tsx'
import { Empty } from '../../components/pages/page.tsx'
import { RunStateBadge } from '../../components/syncs/run-state.tsx'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { control } from '../../components/ui/field.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Table, Td, Th, Tr } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/rows/virtual-rows.tsx'
import { cn } from '../../lib/cn.ts'
import { duration } from '../../lib/display/time.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Filters } from './filters.ts'
import { words } from './words.ts'

const { runsList } = words
const PAGE = 50
const select = cn(control, 'h-9 w-auto min-w-0 px-2 max-sm:flex-1 max-sm:basis-32 sm:max-w-60')

interface Props {
  projectId: string
  filters: Filters
  onChange: (filters: Filters) => void
}

/** The runs of every sync of the project, newest first. */
export function RunsList({ projectId, filters, onChange }: Props) {
  const { data: syncs = [] } = trpc.syncs.briefs.useQuery({ projectId })
  const state = runState.safeParse(filters.state).data
  const syncId = filters.sync
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    trpc.syncs.projectRuns.useInfiniteQuery(
      { projectId, limit: PAGE, ...(state && { state }), ...(syncId !== undefined && { syncId }) },
      { getNextPageParam: ({ nextCursor }) => nextCursor },
    )
  const runs = data?.pages.flatMap((page) => page.runs)
  const isFiltered = state !== undefined || syncId !== undefined
  const set = (change: Filters) => onChange({ tab: 'runs', state, sync: syncId, ...change })
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap gap-2">
        <select
          aria-label={runsList.state}
          className={select}
          value={state ?? ''}
          onChange={(event) => set({ state: event.target.value || undefined })}
        >
          <option value="">{runsList.anyState}</option>
          {runState.options.map((each) => (
            <option key={each} value={each}>
              {runsList.states[each]}
            </option>
          ))}
        </select>
        <select
          aria-label={runsList.sync}
          className={select}
          value={syncId ?? ''}
          onChange={(event) => set({ sync: event.target.value || undefined })}
        >
          <option value="">{runsList.anySync}</option>
          {syncs.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {error ? (
        <Failure what={runsList.unreadable} error={error} retry={refetch} />
      ) : !runs ? (
        <SkeletonRows label={runsList.loading} rows={8} />
      ) : runs.length === 0 ? (
        <Empty
          title={isFiltered ? runsList.noMatch : runsList.empty}
          action={isFiltered && <Button onClick={() => onChange({ tab: 'runs' })}>{runsList.clear}</Button>}
        >
          {isFiltered ? runsList.noMatchText : runsList.emptyText}
        </Empty>
      ) : (
        <>
          <Table label={runsList.label} isStacked>
            <thead>
              <tr className="max-sm:grid-cols-[auto_1fr_auto]">
                <Th>{runsList.started}</Th>
                <Th>{runsList.name}</Th>
                <Th>{runsList.result}</Th>
                <Th className="max-sm:hidden">{runsList.changes}</Th>
                <Th className="max-lg:hidden">{runsList.why}</Th>
                <Th className="text-right max-md:hidden">{runsList.duration}</Th>
              </tr>
            </thead>
            <VirtualRows
              rows={runs}
              idOf={({ id }) => id}
              height={37}
              render={(run, { index, measure }) => (
                <Tr key={run.id} ref={measure} data-index={index} className="max-sm:grid-cols-[minmax(0,1fr)_auto]">
                  <Td>
                    <Link
                      to="/p/$projectId/syncs/$destination/$syncId"
                      params={{ projectId, destination: run.destination, syncId: run.syncId }}
                      search={{ tab: 'runs', run: run.id }}
                      data-shortcut="Enter"
                      className="font-medium text-ink hover:text-accent hover:underline"
                    >
                      <Time iso={run.startedAt} />
                    </Link>
                  </Td>
                  <Td className="max-w-60 break-words max-sm:col-span-2 max-sm:row-start-2 max-sm:max-w-none">
                    <span className="line-clamp-2">{run.syncName}</span>
                  </Td>
                  <Td>
                    <RunStateBadge state={run.state} />
                  </Td>
                  <Td className="max-sm:hidden">
                    {run.counts === null ? (
                      <span className="text-faint">{runsList.none}</span>
                    ) : (
                      <Counts counts={run.counts} />
                    )}
                  </Td>
                  <Td className="max-w-96 truncate text-soft max-lg:hidden">{run.message}</Td>
                  <Td className="text-right text-soft tabular-nums max-md:hidden">
                    {run.durationMs !== null && duration(run.durationMs)}
                  </Td>
                </Tr>
              )}
            />
          </Table>
          <div className="flex justify-center pb-4 text-sm text-soft">
            {hasNextPage ? (
              <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {runsList.older}
              </Button>
            ) : (
              runsList.end
            )}
          </div>
        </>
      )}
    </div>
  )
}
