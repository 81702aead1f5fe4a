import { useNavigate } from '@tanstack/react-router'
import { ArrowUp, Download } from 'lucide-react'
import { useState } from 'react'
import { AccessDenied } from '../../components/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { Empty, PageHeader } from '../../components/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { useRights } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import { ActivityFilters } from './activity-filters.tsx'
import { ActivityTable } from './activity-table.tsx'
import { askedFor, exportUrl, isFiltered, type Filters } from './filters.ts'
import { useActivity } from './use-activity.ts'
import { useActors } from './use-actors.ts'
import { useVerifyChain, VerifyButton, VerifyResult } from './verify-chain.tsx'

interface Props {
  projectId: string
  filters: Filters
}

/** Who did what in a project, newest first: for its admins. */
export function ActivityPage(props: Props) {
  usePageTitle('Activity')
  const { rights, error, refetch } = useRights(props.projectId)
  if (error) return <Failure what="Your rights could not be read" error={error} retry={refetch} />
  if (!rights) return <SkeletonRows label="Loading activity" rows={8} />
  if (rights.may('project.manage')) return <Activity {...props} admin={rights.instanceAdmin} />
  return (
    <AccessDenied
      projectId={props.projectId}
      page="Activity"
      title="Only admins of the whole project see its activity"
      why="Ask one of them for the role, or for what you are looking for."
    />
  )
}

/** `admin`: of the instance. */
function Activity({ projectId, filters, admin }: Props & { admin: boolean }) {
  const navigate = useNavigate()
  const { data: project } = trpc.projects.get.useQuery({ projectId })
  const { data: syncs } = trpc.syncs.list.useQuery({ projectId })
  const check = useVerifyChain()
  const whole = admin && filters.scope === 'instance'
  // "The last hour" is counted from when the page was opened: what is shown does not slip away while it is read.
  const [opened] = useState(() => Date.now())
  const asked = askedFor(filters, opened)
  const activity = useActivity(projectId, whole, asked)
  const actors = useActors(projectId, filters.actor, activity.entries ?? [])
  const { entries, error, newer } = activity

  const show = (next: Filters) =>
    void navigate({
      to: '/p/$projectId/activity',
      params: { projectId },
      search: next,
      replace: true,
      resetScroll: false,
    })
  const clear = () => show({ scope: filters.scope })
  return (
    <>
      <PageHeader
        title="Activity"
        text="Every change, and every reading of a value: who, what and when. Entries cannot be edited."
        actions={
          entries && (
            <>
              {admin && <VerifyButton check={check} />}
              <Button asChild>
                <a href={exportUrl(projectId, whole, asked)} download>
                  <Download aria-hidden className="size-4" /> Export
                </a>
              </Button>
            </>
          )
        }
      />
      <div className="grid grid-cols-1 gap-3">
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
              <ArrowUp aria-hidden className="size-3.5" /> Show newer entries
            </Button>
          </div>
        )}
        {error ? (
          <Failure what="The activity could not be read" error={error} retry={activity.refetch} />
        ) : !entries ? (
          <SkeletonRows label="Loading activity" rows={8} />
        ) : entries.length === 0 ? (
          <Empty
            title={isFiltered(filters) ? 'No entry matches these filters' : 'Nothing has happened yet'}
            action={isFiltered(filters) && <Button onClick={clear}>Clear filters</Button>}
          >
            {isFiltered(filters)
              ? 'Widen the time, or look for another name.'
              : 'Whatever somebody does in this project appears here.'}
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
    </>
  )
}
