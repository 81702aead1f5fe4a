import { useNavigate } from '@tanstack/react-router'
import { Failure } from '../../components/failure.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Trashed } from '../../lib/server/types.ts'
import { DeletedEnvironments } from './deleted-environments.tsx'
import { RestoreResult } from './restore-result.tsx'
import { TrashFilters, type Filters } from './trash-filters.tsx'
import { TrashTable } from './trash-table.tsx'
import { useRestore } from './use-restore.ts'
import { words } from './words.ts'

interface Props {
  projectId: string
  filters: Filters
}

/** Deleted secrets and folders, each until it is deleted permanently. */
export function TrashPage({ projectId, filters }: Props) {
  usePageTitle(words.trashPage.title)
  const navigate = useNavigate()
  const { restore, restoring, result } = useRestore(projectId)
  const { rights } = useRights(projectId)
  const project = trpc.projects.get.useQuery({ projectId })
  const environments = project.data?.environments ?? []
  const found = trpc.useQueries((t) =>
    environments.map(({ slug }) => t.history.trash({ projectId, environment: slug })),
  )
  const failed = project.error ? project : found.find(({ error }) => error !== null)
  const loaded = project.data !== undefined && found.every(({ data }) => data !== undefined)
  const all = found.flatMap(({ data }) => data ?? []).sort((a, b) => b.deletedAt.localeCompare(a.deletedAt))
  const shown = all.filter((item) => matches(item, filters))
  const setFilters = (next: Filters) =>
    void navigate({ to: '/p/$projectId/trash', params: { projectId }, search: { ...filters, ...next }, replace: true })
  return (
    <>
      <PageHeader title={words.trashPage.title} text={words.trashPage.text} />
      <div className="grid gap-4">
        {rights?.may('project.manage') && <DeletedEnvironments projectId={projectId} />}
        <RestoreResult projectId={projectId} result={result} />
        {failed ? (
          <Failure what={words.trashPage.unreadable} error={failed.error} retry={failed.refetch} />
        ) : !loaded ? (
          <SkeletonRows label={words.trashPage.loading} />
        ) : all.length === 0 ? (
          <Empty title={words.trashPage.empty}>{words.trashPage.emptyText}</Empty>
        ) : (
          <>
            <TrashFilters filters={filters} environments={environments} shown={shown.length} onChange={setFilters} />
            <TrashTable projectId={projectId} shown={shown} isRestoring={restoring} restore={restore} />
          </>
        )}
      </div>
    </>
  )
}

const matches = ({ environment, name, secretPath }: Trashed, filters: Filters): boolean =>
  (filters.environment === undefined || environment === filters.environment) &&
  `${secretPath} ${name}`.toLowerCase().includes((filters.q ?? '').toLowerCase())
