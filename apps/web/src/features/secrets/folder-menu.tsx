import { useNavigate } from '@tanstack/react-router'
import { Ellipsis, FolderInput, History, Pencil, Trash2, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '../../components/ui/menu.tsx'
import { andBelow, useRights } from '../../lib/rights.ts'
import type { Folder, FolderRef } from '../../lib/types.ts'
import { words } from './words.ts'

const RenameFolder = onDemand(async () => (await import('./rename-folder.tsx')).RenameFolder)
const MoveFolder = onDemand(async () => (await import('./move-folder.tsx')).MoveFolder)
const DeleteFolder = onDemand(async () => (await import('./delete-folder.tsx')).DeleteFolder)
const UsesDialog = onDemand(async () => (await import('./uses-dialog.tsx')).UsesDialog)

/** What can be done with the open folder. The root has no name to change and no place to go. */
export function FolderMenu({ place, folder }: { place: FolderRef; folder: Folder | undefined }) {
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate()
  const { rights } = useRights(projectId)
  const [dialog, setDialog] = useState<'uses' | 'rename' | 'move' | 'delete'>()
  const close = () => setDialog(undefined)
  return (
    <>
      <Menu
        align="start"
        trigger={
          <Button variant="ghost" size="icon" aria-label={words.folderMenu.moreForFolderNamed(secretPath)}>
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        <MenuItem
          onSelect={() =>
            void navigate({
              to: '/p/$projectId/secrets/$environment/history',
              params: { projectId, environment },
              search: secretPath === '/' ? {} : { path: secretPath },
            })
          }
        >
          <History aria-hidden className="size-4" /> {words.folderMenu.history}
        </MenuItem>
        <MenuItem onSelect={() => setDialog('uses')}>
          <Waypoints aria-hidden className="size-4" /> {words.folderMenu.findUsages}
        </MenuItem>
        {folder && rights?.may('secrets.write', andBelow(place)) !== false && (
          <>
            <MenuItem onSelect={() => setDialog('rename')}>
              <Pencil aria-hidden className="size-4" /> {words.folderMenu.rename}
            </MenuItem>
            <MenuItem onSelect={() => setDialog('move')}>
              <FolderInput aria-hidden className="size-4" /> {words.folderMenu.move}
            </MenuItem>
            <MenuLine />
            <MenuItem danger onSelect={() => setDialog('delete')}>
              <Trash2 aria-hidden className="size-4" /> {words.folderMenu.delete}
            </MenuItem>
          </>
        )}
      </Menu>
      {dialog === 'uses' && <UsesDialog place={place} onClose={close} />}
      {folder && dialog === 'rename' && <RenameFolder place={place} folder={folder} onClose={close} />}
      {folder && dialog === 'move' && <MoveFolder place={place} folder={folder} onClose={close} />}
      {folder && dialog === 'delete' && <DeleteFolder place={place} folder={folder} onClose={close} />}
    </>
  )
}
