/** The pages about the tree itself, which are opened now and then. */
import { getRouteApi } from '@tanstack/react-router'
import { ComparePage } from '../features/compare/compare-page.tsx'
import { FolderHistoryPage } from '../features/secret-history/folder-history-page.tsx'
import { TrashPage } from '../features/trash/trash-page.tsx'
import { KnownEnvironment } from './known-environment.tsx'

const project = getRouteApi('/inside/p/$projectId')
const trash = getRouteApi('/inside/p/$projectId/trash')
const compare = getRouteApi('/inside/p/$projectId/compare')
const folderHistory = getRouteApi('/inside/p/$projectId/secrets/$environment/history')

export const Trash = () => <TrashPage projectId={project.useParams().projectId} filters={trash.useSearch()} />
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
