import { getRouteApi, Navigate } from '@tanstack/react-router'
import { Failure } from '../../components/failure.tsx'
import { NoEnvironment, NothingYours } from '../../components/pages/no-environment.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { folderPage } from '../../lib/pages/folder-page.ts'
import { useOwnFolders } from '../../lib/lists/own-folders.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from '../words.ts'

const project = getRouteApi('/inside/p/$projectId')

/** `/secrets` alone leads to the first environment and folder that is theirs to see. */
export function FirstEnvironment() {
  const { projectId } = project.useParams()
  const { data, error, refetch } = trpc.projects.get.useQuery({ projectId })
  const own = useOwnFolders(projectId, data?.environments)
  if (error) return <Failure what={words.pageFirstEnvironment.unreadable} error={error} retry={refetch} />
  if (data?.environments.length === 0) return <NoEnvironment projectId={projectId} />
  if (!own) return <SkeletonRows label={words.pageFirstEnvironment.loading} />
  const [first] = own
  if (!first) return <NothingYours projectId={projectId} page={words.pageFirstEnvironment.secrets} />
  return <Navigate {...folderPage(projectId, first.environment, first.secretPath)} replace />
}
