/** The pages that show a whole folder otherwise: beside other environments, or as it was. */
import { getRouteApi } from '@tanstack/react-router'
import { ComparePage } from '../../features/compare/compare-page.tsx'
import { FolderHistoryPage } from '../../features/secret-history/folder-history-page.tsx'
import { KnownEnvironment } from './known-environment.tsx'

const project = getRouteApi('/inside/p/$projectId')
const compare = getRouteApi('/inside/p/$projectId/compare')
const folderHistory = getRouteApi('/inside/p/$projectId/secrets/$environment/history')

export const Compare = () => <ComparePage projectId={project.useParams().projectId} view={compare.useSearch()} />
export function FolderHistory() {
  const { projectId, environment } = folderHistory.useParams()
  const { path = '/' } = folderHistory.useSearch()
  const place = { projectId, environment, secretPath: path }
  return (
    <KnownEnvironment place={place}>
      <FolderHistoryPage place={place} />
    </KnownEnvironment>
  )
}
