import { Crosshair, Ellipsis, FolderLock, KeyRound, Pencil, Trash2 } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '../../components/ui/menu.tsx'
import type { Connection } from '../../lib/server/types.ts'
import type { ConnectionDialog } from './connection-dialogs.tsx'
import { words } from './words.ts'

interface Props {
  connection: Connection
  /** Why they may not change it. */
  denied: string | undefined
  open: (dialog: ConnectionDialog) => void
}

/** What can be done to a connection, beside testing it. */
export const ConnectionMenu = ({ connection: { name, projectId }, denied, open }: Props) => (
  <Menu
    trigger={
      <Button size="icon" variant="ghost" aria-label={words.connectionCard.moreForNamed(name)} denied={denied}>
        <Ellipsis aria-hidden className="size-4" />
      </Button>
    }
  >
    <MenuItem onSelect={() => open('details')}>
      <Pencil aria-hidden className="size-4" /> {words.connectionCard.editDetails}
    </MenuItem>
    <MenuItem onSelect={() => open('replace')}>
      <KeyRound aria-hidden className="size-4" /> {words.connectionCard.replaceCredential}
    </MenuItem>
    {projectId === null && (
      <>
        <MenuItem onSelect={() => open('projects')}>
          <FolderLock aria-hidden className="size-4" /> {words.connectionCard.projects}
        </MenuItem>
        <MenuItem onSelect={() => open('targets')}>
          <Crosshair aria-hidden className="size-4" /> {words.connectionCard.allowedTargets}
        </MenuItem>
      </>
    )}
    <MenuLine />
    <MenuItem danger onSelect={() => open('delete')}>
      <Trash2 aria-hidden className="size-4" /> {words.connectionCard.delete}
    </MenuItem>
  </Menu>
)
