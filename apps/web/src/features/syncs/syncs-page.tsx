import { useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { Failure } from '../../components/failure.tsx'
import { Empty, PageHeader } from '../../components/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Shortcut } from '../../components/shortcut.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { useWhyNot } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'
import { PauseMenu } from './pause-menu.tsx'
import { PausesNotice } from './pauses-notice.tsx'
import { SyncFilters, type Filters } from './sync-filters.tsx'
import { SyncsTable } from './syncs-table.tsx'
import { words } from './words.ts'

const matches = (sync: Sync, { q = '', status, destination, environment }: Filters): boolean => {
  const text = `${sync.name} ${sync.targetLabel} ${sync.environment?.slug ?? ''}:${sync.folder?.path ?? ''} ${sync.connection.name}`
  return (
    text.toLowerCase().includes(q.toLowerCase()) &&
    (status === undefined || sync.status === status) &&
    (destination === undefined || sync.destination === destination) &&
    (environment === undefined || sync.environment?.slug === environment)
  )
}

export function SyncsPage({ projectId, filters }: { projectId: string; filters: Filters }) {
  usePageTitle(words.syncsPage.syncs, false)
  const navigate = useNavigate()
  const syncs = trpc.syncs.list.useQuery({ projectId })
  const destinations = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const shown = syncs.data?.filter((sync) => matches(sync, filters))
  const empty = syncs.data?.length === 0
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
          syncs.data &&
          !empty && (
            <>
              {add}
              <PauseMenu projectId={projectId} />
            </>
          )
        }
      />
      {syncs.error ? (
        <Failure what={words.syncsPage.unreadable} error={syncs.error} retry={syncs.refetch} />
      ) : !syncs.data || !shown ? (
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
            syncs={syncs.data}
            destinations={destinations.data ?? []}
          />
          <p aria-live="polite" className="sr-only">
            {words.syncsPage.shown(shown.length)}
          </p>
          {shown.length === 0 ? (
            <Empty
              title={words.syncsPage.noMatch}
              action={<Button onClick={() => setFilters({})}>{words.syncsPage.clearFilters}</Button>}
            >
              {words.syncsPage.total(syncs.data.length)}
            </Empty>
          ) : (
            <SyncsTable syncs={shown} destinations={destinations.data ?? []} />
          )}
        </div>
      )}
    </>
  )
}
