import { useNavigate } from '@tanstack/react-router'
import { ArrowUp, Download } from 'lucide-react'
import { useState } from 'react'
import { AccessDenied } from '../../components/pages/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { ActivityFilters } from './activity-filters.tsx'
import { ActivityTable } from './activity-table.tsx'
import { askedFor, exportUrl, isFiltered, type Filters } from './filters.ts'
import { useActivity } from './use-activity.ts'
import { useActors } from './use-actors.ts'
import { useVerifyChain, VerifyButton, VerifyResult } from './verify-chain.tsx'
import { words } from './words.ts'

const RunsList = onDemand(
  async () => (await import('./runs-list.tsx')).RunsList,
  <SkeletonRows label={words.runsList.loading} rows={8} />,
)

interface Props {
  projectId: string
  filters: Filters
}

/** Who did what in a project, newest first: for its admins. */
export function ActivityPage(props: Props) {
  usePageTitle(words.activityPage.page)
  const { rights, error, refetch } = useRights(props.projectId)
  if (error) return <Failure what={words.activityPage.rightsUnreadable} error={error} retry={refetch} />
  if (!rights) return <SkeletonRows label={words.activityPage.loading} rows={8} />
  if (rights.may('project.manage')) return <Tabbed {...props} admin={rights.instanceAdmin} />
  return (
    <AccessDenied
      projectId={props.projectId}
      page={words.activityPage.page}
      title={words.activityPage.closed}
      why={words.activityPage.closedText}
    />
  )
}

interface TabProps extends Props {
  /** Of the instance. */
  admin: boolean
}

function Tabbed({ projectId, filters, admin }: TabProps) {
  const navigate = useNavigate()
  const show = (next: Filters) =>
    void navigate({
      to: '/p/$projectId/activity',
      params: { projectId },
      search: next,
      replace: true,
      resetScroll: false,
    })
  const tab = filters.tab === 'runs' ? 'runs' : 'changes'
  return (
    <>
      <PageHeader title={words.activityPage.page} text={words.activityPage.text} />
      <Tabs
        label={words.activityPage.tabs}
        value={tab}
        onChange={(next) => show(next === 'runs' ? { tab: 'runs' } : {})}
        tabs={[
          { value: 'changes', label: words.activityPage.changes },
          { value: 'runs', label: words.activityPage.runs },
        ]}
      >
        {tab === 'runs' ? (
          <RunsList projectId={projectId} filters={filters} onChange={show} />
        ) : (
          <Changes projectId={projectId} filters={filters} admin={admin} show={show} />
        )}
      </Tabs>
    </>
  )
}

function Changes({ projectId, filters, admin, show }: TabProps & { show: (next: Filters) => void }) {
  const { data: project } = trpc.projects.get.useQuery({ projectId })
  const { data: syncs } = trpc.syncs.briefs.useQuery({ projectId })
  const check = useVerifyChain()
  const whole = admin && filters.scope === 'instance'
  // "The last hour" is counted from when the page was opened: what is shown does not slip away while it is read.
  const [opened] = useState(() => Date.now())
  const asked = askedFor(filters, opened)
  const activity = useActivity(projectId, whole, asked)
  const actors = useActors(projectId, filters.actor, activity.entries ?? [])
  const { entries, error, newer } = activity

  const clear = () => show({ scope: filters.scope })
  return (
    <div className="grid grid-cols-1 gap-3">
      {entries && (
        <div className="flex flex-wrap gap-2">
          {admin && <VerifyButton check={check} />}
          <Button asChild>
            <a href={exportUrl(projectId, whole, asked)} download>
              <Download aria-hidden className="size-4" /> {words.activityPage.exportAction}
            </a>
          </Button>
        </div>
      )}
      <VerifyResult check={check} />
      <ActivityFilters
        filters={filters}
        onChange={show}
        actors={actors}
        environments={(project?.environments ?? []).map(({ slug }) => slug)}
        instance={admin}
      />
      {newer && (
        <div role="status" className="flex justify-center">
          <Button size="sm" className="text-accent" onClick={() => void activity.showNewer()}>
            <ArrowUp aria-hidden className="size-3.5" /> {words.activityPage.showNewer}
          </Button>
        </div>
      )}
      {error ? (
        <Failure what={words.activityPage.unreadable} error={error} retry={activity.refetch} />
      ) : !entries ? (
        <SkeletonRows label={words.activityPage.loading} rows={8} />
      ) : entries.length === 0 ? (
        <Empty
          title={isFiltered(filters) ? words.activityPage.noMatch : words.activityPage.empty}
          action={isFiltered(filters) && <Button onClick={clear}>{words.activityPage.clear}</Button>}
        >
          {isFiltered(filters) ? words.activityPage.noMatchText : words.activityPage.emptyText}
        </Empty>
      ) : (
        <ActivityTable
          entries={entries}
          syncs={syncs ?? []}
          open={filters.open}
          onOpen={(open) => show({ ...filters, open })}
          onActor={(actor) => show({ ...filters, actor, open: undefined })}
          stale={activity.isPlaceholderData}
          older={activity.hasNextPage}
          loading={activity.isFetchingNextPage}
          onOlder={() => void activity.fetchNextPage()}
        />
      )}
    </div>
  )
}
