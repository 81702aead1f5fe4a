import { useMutation } from '@tanstack/react-query'
import { Empty } from '../../components/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { messageOf } from '../../lib/errors.ts'
import { folderPage } from '../../lib/folder-page.ts'
import { inFolder, useWhyNot } from '../../lib/rights.ts'
import { toast } from '../../lib/toast.ts'
import type { FolderRef } from '../../lib/types.ts'
import { createFolders } from './create-folders.ts'

/** Instead of the secrets of a folder that never was, or was deleted, renamed or moved. */
export function MissingFolder({ place, noEnvironment }: { place: FolderRef; noEnvironment: boolean }) {
  const { projectId, environment, secretPath } = place
  const denied = useWhyNot(projectId)('secrets.write', inFolder(place))
  const create = useMutation({
    mutationFn: () => createFolders(place),
    onError: (error) => toast.error(`${secretPath} was not created: ${messageOf(error)}`),
  })
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
            <>
              <Button variant="primary" denied={denied} busy={create.isPending} onClick={() => create.mutate()}>
                Create {secretPath} in {environment}
              </Button>
              <RouteButton {...folderPage(projectId, environment, '/')}>Go to the root folder</RouteButton>
            </>
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
