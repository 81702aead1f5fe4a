import { Empty } from '../../components/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { folderPage } from '../../lib/folder-page.ts'
import type { FolderRef } from '../../lib/types.ts'

/** Instead of the secrets of a folder that never was, or was deleted, renamed or moved. */
export function MissingFolder({ place, noEnvironment }: { place: FolderRef; noEnvironment: boolean }) {
  const { projectId, environment, secretPath } = place
  return (
    <Empty
      title={
        noEnvironment ? `There is no environment ${environment}` : `There is no folder ${secretPath} in ${environment}`
      }
      action={
        <>
          {noEnvironment ? (
            <RouteButton to="/p/$projectId/secrets" params={{ projectId }}>
              Go to the first environment
            </RouteButton>
          ) : (
            <RouteButton {...folderPage(projectId, environment, '/')}>Go to the root folder</RouteButton>
          )}
          <RouteButton to="/p/$projectId/trash" params={{ projectId }}>
            Open Trash
          </RouteButton>
        </>
      }
    >
      It may have been renamed, moved or deleted. What was deleted can be restored for 30 days.
    </Empty>
  )
}
