import { parentOf } from '@keyferry/schemas/secret-path'
import { useNavigate } from '@tanstack/react-router'
import { ConfirmDeletion } from '../../../components/deletion/confirm-deletion.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Folder, FolderRef } from '../../../lib/server/types.ts'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { words } from '../words.ts'

export function DeleteFolder({ place, folder, onClose }: { place: FolderRef; folder: Folder; onClose: () => void }) {
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate()
  const remove = trpc.folders.delete.useMutation()
  const parent = parentOf(secretPath)
  return (
    <ConfirmDeletion
      what={words.deleteFolder.folder(secretPath)}
      places={[place]}
      onDelete={(syncs) =>
        remove.mutateAsync({ projectId, environment, path: parent, folderIdOrName: folder.id, syncs })
      }
      onGone={async () => {
        await navigate(folderPage(projectId, environment, parent))
        await markStale('folders.delete')
      }}
      onClose={onClose}
    >
      <p>{words.deleteFolder.text}</p>
    </ConfirmDeletion>
  )
}
