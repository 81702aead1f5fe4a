import { Failure } from '../../components/failure.tsx'
import { PageHeader } from '../../components/pages/page.tsx'
import { nameOfDeletion, PendingNotice, usePendingDeletions } from '../../components/deletion/pending-deletion.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { DangerSection } from './danger-section.tsx'
import { EnvironmentsSection } from './environments-section.tsx'
import { TagsSection } from './tags-section.tsx'
import { words } from './words.ts'

const DetailsSection = onDemand(
  async () => (await import('./details-section.tsx')).DetailsSection,
  <Skeleton className="h-96 rounded-lg" />,
)

/** A project's name, environments and tags, and its end. */
export function SettingsPage({ projectId }: { projectId: string }) {
  usePageTitle(words.settingsPage.settings)
  const project = trpc.projects.get.useQuery({ projectId })
  const pending = usePendingDeletions(projectId)
  const denied = useWhyNot(projectId)('project.manage')
  const going = pending.find(({ kind }) => kind === 'project')
  return (
    <div className="max-2xl:max-w-4xl">
      <PageHeader title={words.settingsPage.title} text={words.settingsPage.text} />
      {project.error ? (
        <Failure what={words.settingsPage.unreadable} error={project.error} retry={project.refetch} />
      ) : !project.data ? (
        <SkeletonRows label={words.settingsPage.loading} rows={6} />
      ) : (
        <div className="grid gap-4">
          {going && <PendingNotice what={nameOfDeletion(going)} projectId={projectId} deletion={going} />}
          {denied !== undefined && <Notice title={words.settingsPage.readOnly}>{denied}</Notice>}
          <div className="grid items-start gap-4 2xl:grid-cols-2">
            <DetailsSection project={project.data} />
            <EnvironmentsSection project={project.data} pending={pending} />
            <TagsSection projectId={projectId} />
            <DangerSection project={project.data} />
          </div>
        </div>
      )}
    </div>
  )
}
