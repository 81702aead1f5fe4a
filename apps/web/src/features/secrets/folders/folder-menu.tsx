import { useNavigate } from '@tanstack/react-router'
import {
  ClipboardPaste,
  Download,
  Ellipsis,
  FolderInput,
  History,
  Import,
  Pencil,
  Trash2,
  Waypoints,
} from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '../../../components/ui/menu.tsx'
import { pastePage } from '../../../lib/pages/folder-page.ts'
import { andBelow, inFolder, useRights } from '../../../lib/session/rights.ts'
import type { Folder, FolderRef, Project } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const AddImport = onDemand(async () => (await import('./add-import.tsx')).AddImport)
const ExportDialog = onDemand(async () => (await import('./export-dialog.tsx')).ExportDialog)
const RenameFolder = onDemand(async () => (await import('./rename-folder.tsx')).RenameFolder)
const MoveFolder = onDemand(async () => (await import('./move-folder.tsx')).MoveFolder)
const DeleteFolder = onDemand(async () => (await import('./delete-folder.tsx')).DeleteFolder)
const UsesDialog = onDemand(async () => (await import('./uses-dialog.tsx')).UsesDialog)

/** Wider screens have a button for it above the table. */
const PHONES = 'sm:hidden'

interface Props {
  place: FolderRef
  environments: Project['environments']
  folder: Folder | undefined
}

/**
 * What can be done with the open folder, on a phone all of it. The root has no name to change and no place to go.
 */
export function FolderMenu({ place, environments, folder }: Props) {
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate()
  const { rights } = useRights(projectId)
  const [dialog, setDialog] = useState<'uses' | 'import' | 'export' | 'rename' | 'move' | 'delete'>()
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
        {rights?.may('secrets.write', inFolder(place)) !== false && (
          <>
            <MenuItem className={PHONES} onSelect={() => setDialog('import')}>
              <Import aria-hidden className="size-4" /> {words.folderMenu.addImport}
            </MenuItem>
            <MenuItem className={PHONES} onSelect={() => void navigate(pastePage(projectId, environment, secretPath))}>
              <ClipboardPaste aria-hidden className="size-4" /> {words.folderMenu.paste}
            </MenuItem>
          </>
        )}
        {rights?.may('secrets.read-values', inFolder(place)) !== false && (
          <MenuItem className={PHONES} onSelect={() => setDialog('export')}>
            <Download aria-hidden className="size-4" /> {words.folderMenu.export}
          </MenuItem>
        )}
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
      {dialog === 'import' && <AddImport place={place} environments={environments} onClose={close} />}
      {dialog === 'export' && <ExportDialog place={place} onClose={close} />}
      {folder && dialog === 'rename' && <RenameFolder place={place} folder={folder} onClose={close} />}
      {folder && dialog === 'move' && <MoveFolder place={place} folder={folder} onClose={close} />}
      {folder && dialog === 'delete' && <DeleteFolder place={place} folder={folder} onClose={close} />}
    </>
  )
}
