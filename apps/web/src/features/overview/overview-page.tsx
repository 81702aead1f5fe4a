import { Failure } from '../../components/failure.tsx'
import { NoEnvironment, NothingYours } from '../../components/pages/no-environment.tsx'
import { PageHeader } from '../../components/pages/page.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useOwnFolders } from '../../lib/lists/own-folders.ts'
import { useRights, type Rights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Project } from '../../lib/server/types.ts'
import { AttentionList } from './attention-list.tsx'
import { ChangesCard } from './changes-card.tsx'
import { COLUMNS } from './columns.ts'
import { DeliveryCard } from './delivery-card.tsx'
import { FirstSteps } from './first-steps.tsx'
import { MapSection } from './map-section.tsx'
import { OverviewSkeleton } from './overview-skeleton.tsx'
import { OwnPlaces } from './own-places.tsx'
import { RunsCard } from './runs-card.tsx'
import { SetupSteps } from './setup-steps.tsx'
import { words } from './words.ts'

/** The home of a project: what needs attention, where its secrets go, and what happened. */
export function OverviewPage({ projectId }: { projectId: string }) {
  const project = trpc.projects.get.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const syncs = trpc.syncs.summary.useQuery({ projectId })
  usePageTitle(project.data?.name ?? words.overview, false)
  if (project.error) return <Failure what={words.unreadable} error={project.error} retry={project.refetch} />
  if (!project.data || !rights || syncs.isPending) return <OverviewSkeleton />
  const environment = project.data.environments[0]?.slug
  if (environment === undefined) return <NoEnvironment projectId={projectId} />
  if (rights.may('syncs.manage') && syncs.data?.total === 0)
    return <FirstSteps project={project.data} environment={environment} />
  return <Overview project={project.data} rights={rights} total={syncs.data?.total ?? 0} />
}

function Overview({ project, rights, total }: { project: Project; rights: Rights; total: number }) {
  const { id: projectId, name, description } = project
  const overview = trpc.overview.project.useQuery({ projectId })
  const syncs = trpc.syncs.briefs.useQuery({ projectId })
  const paused = syncs.data?.filter(({ status }) => status === 'paused').length ?? 0
  const own = useOwnFolders(projectId, project.environments)
  if (own?.length === 0) return <NothingYours projectId={projectId} />
  return (
    <>
      <PageHeader title={name} text={description ?? undefined} />
      <div className={COLUMNS}>
        <div className="grid min-w-0 gap-4">
          <AttentionList projectId={projectId} total={total} paused={paused} />
          {overview.error ? (
            <Failure what={words.overviewUnreadable} error={overview.error} retry={overview.refetch} />
          ) : syncs.error ? (
            <Failure what={words.syncsUnreadable} error={syncs.error} retry={syncs.refetch} />
          ) : overview.data && syncs.data ? (
            total > 0 && <MapSection projectId={projectId} overview={overview.data} syncs={syncs.data} />
          ) : (
            <Skeleton className="h-80 rounded-lg" />
          )}
        </div>
        <div className="-mb-4 min-w-0 gap-4 md:columns-2 2xl:columns-1 [&>*]:mb-4 [&>*]:break-inside-avoid">
          <SetupSteps projectId={projectId} rights={rights} />
          {overview.data && <RunsCard hours={overview.data.hours} />}
          {overview.data && <DeliveryCard delivery={overview.data.delivery} />}
          {rights.grant && <OwnPlaces projectId={projectId} grant={rights.grant} first={own?.[0]} />}
          {rights.may('project.manage') && <ChangesCard projectId={projectId} syncs={syncs.data ?? []} />}
        </div>
      </div>
    </>
  )
}
