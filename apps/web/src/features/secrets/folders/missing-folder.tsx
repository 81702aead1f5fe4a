import { useMutation } from '@tanstack/react-query'
import { Empty } from '../../../components/pages/page.tsx'
import { RouteButton } from '../../../components/route-button.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { inFolder, useWhyNot } from '../../../lib/session/rights.ts'
import { toast } from '../../../lib/toast.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { createFolders } from './create-folders.ts'
import { words } from '../words.ts'

/** Instead of the secrets of a folder that never was, or was deleted, renamed or moved. */
export function MissingFolder({ place, noEnvironment }: { place: FolderRef; noEnvironment: boolean }) {
  const { projectId, environment, secretPath } = place
  const denied = useWhyNot(projectId)('secrets.write', inFolder(place))
  const create = useMutation({
    mutationFn: () => createFolders(place),
    onError: (error) => toast.error(words.missingFolder.notCreated(secretPath, messageOf(error))),
  })
  return (
    <Empty
      title={
        noEnvironment
          ? words.missingFolder.noEnvironment(environment)
          : words.missingFolder.noFolder(secretPath, environment)
      }
      action={
        <>
          {noEnvironment ? (
            <RouteButton to="/p/$projectId/secrets" params={{ projectId }}>
              {words.missingFolder.goFirstEnvironment}
            </RouteButton>
          ) : (
            <>
              <Button variant="primary" denied={denied} busy={create.isPending} onClick={() => create.mutate()}>
                {words.missingFolder.create(secretPath, environment)}
              </Button>
              <RouteButton {...folderPage(projectId, environment, '/')}>{words.missingFolder.goRootFolder}</RouteButton>
            </>
          )}
          <RouteButton to="/p/$projectId/trash" params={{ projectId }}>
            {words.missingFolder.openTrash}
          </RouteButton>
        </>
      }
    >
      {noEnvironment ? words.missingFolder.environmentText : words.missingFolder.folderText}
    </Empty>
  )
}
