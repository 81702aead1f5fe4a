import { runState } from '@keyferry/schemas'
import { Failure } from '../../components/failure.tsx'
import { Empty } from '../../components/pages/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/rows/virtual-rows.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { Filters } from './filters.ts'
import { RunFilters } from './run-filters.tsx'
import { RunRow } from './run-row.tsx'
import { words } from './words.ts'

const { runsList } = words
const PAGE = 50

interface Props {
  projectId: string
  filters: Filters
  onChange: (filters: Filters) => void
}

/** The runs of every sync of the project, newest first. */
export function RunsList({ projectId, filters, onChange }: Props) {
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
      <RunFilters projectId={projectId} state={state} syncId={syncId} onChange={set} />
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
              render={(run, virtual) => <RunRow key={run.id} {...virtual} projectId={projectId} run={run} />}
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
