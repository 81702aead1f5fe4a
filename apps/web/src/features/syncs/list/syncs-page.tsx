import { useNavigate } from '@tanstack/react-router'
import type { SyncOrder } from '@keyferry/schemas/sync-order'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../../components/failure.tsx'
import { FoundCount } from '../../../components/rows/found-count.tsx'
import { MoreRows } from '../../../components/rows/more-rows.tsx'
import { Empty, PageHeader } from '../../../components/pages/page.tsx'
import { RouteButton } from '../../../components/route-button.tsx'
import { Shortcut } from '../../../components/shortcut.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../../lib/pages/crumbs.ts'
import { useWhyNot } from '../../../lib/session/rights.ts'
import type { Sorting } from '../../../lib/lists/sorting.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { PauseMenu } from '../pauses/pause-menu.tsx'
import { PausesNotice } from '../pauses/pauses-notice.tsx'
import { SyncFilters, type Filters } from './sync-filters.tsx'
import { SyncsTable } from './syncs-table.tsx'
import { useSyncs } from './use-syncs.ts'
import { words } from '../words.ts'

export function SyncsPage({ projectId, filters }: { projectId: string; filters: Filters }) {
  usePageTitle(words.syncsPage.syncs, false)
  const navigate = useNavigate()
  // Problems first.
  const [sorting, setSorting] = useState<Sorting<SyncOrder>>({ column: 'status', isDescending: false })
  const summary = trpc.syncs.summary.useQuery({ projectId })
  const list = useSyncs(projectId, filters, sorting)
  const destinations = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const { syncs, total } = list
  const failed = list.error ? list : summary.error ? summary : undefined
  const empty = summary.data?.total === 0
  const setFilters = (next: Filters) =>
    void navigate({ to: '/p/$projectId/syncs', params: { projectId }, search: next, replace: true })

  const add = (
    <RouteButton
      variant="primary"
      data-shortcut="n"
      to="/p/$projectId/syncs/new"
      params={{ projectId }}
      denied={useWhyNot(projectId)('syncs.manage')}
    >
      <Plus aria-hidden className="size-4" /> {words.syncsPage.addSync} <Shortcut name="N" />
    </RouteButton>
  )
  return (
    <>
      <PageHeader
        title={words.syncsPage.syncs}
        text={words.syncsPage.text}
        actions={
          summary.data &&
          !empty && (
            <>
              {add}
              <PauseMenu projectId={projectId} />
            </>
          )
        }
      />
      {failed ? (
        <Failure what={words.syncsPage.unreadable} error={failed.error} retry={failed.refetch} />
      ) : !summary.data || !syncs ? (
        <SkeletonRows label={words.syncsPage.loading} rows={5} />
      ) : empty ? (
        <Empty title={words.syncsPage.empty} action={add}>
          {words.syncsPage.emptyText}
        </Empty>
      ) : (
        <div className="grid gap-3">
          <PausesNotice projectId={projectId} />
          <SyncFilters
            filters={filters}
            onChange={setFilters}
            summary={summary.data}
            destinations={destinations.data ?? []}
          />
          <FoundCount isNarrowed={Object.values(filters).some((filter) => filter !== undefined)} className="sr-only">
            {words.syncsPage.shown(total)}
          </FoundCount>
          {syncs.length === 0 ? (
            <Empty
              title={words.syncsPage.noMatch}
              action={<Button onClick={() => setFilters({})}>{words.syncsPage.clearFilters}</Button>}
            >
              {words.syncsPage.total(summary.data.total)}
            </Empty>
          ) : (
            <>
              <SyncsTable
                syncs={syncs}
                destinations={destinations.data ?? []}
                sorting={sorting}
                onSort={setSorting}
                readAll={list.readAll}
              />
              {list.hasNextPage && (
                <MoreRows
                  shown={syncs.length}
                  text={words.syncsPage.of(syncs.length, total)}
                  busy={list.isFetchingNextPage}
                  onMore={() => void list.fetchNextPage({ cancelRefetch: false })}
                />
              )}
            </>
          )}
        </div>
      )}
    </>
  )
}
