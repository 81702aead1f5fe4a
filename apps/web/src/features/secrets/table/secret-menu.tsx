import { Ellipsis, FileText, FolderInput, History, Import, RotateCcw, Send, Trash2, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '../../../components/ui/menu.tsx'
import { code } from '../../../lib/loading/code.ts'
import { messageOf } from '../../../lib/server/errors.ts'
import { toast } from '../../../lib/toast.ts'
import type { FolderRef, SecretRow } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const DeleteSecrets = onDemand(async () => (await import('../selection/delete-secrets.tsx')).DeleteSecrets)
const DeliveryDrawer = onDemand(async () => (await import('../../delivery/delivery-drawer.tsx')).DeliveryDrawer)
const DetailsDialog = onDemand(async () => (await import('./details-dialog.tsx')).DetailsDialog)
const MoveSecrets = onDemand(async () => (await import('../selection/move-secrets.tsx')).MoveSecrets)
const loadRestore = code(() => import('../../secret-history/restore-version.ts'))
const UsesDialog = onDemand(async () => (await import('../folders/uses-dialog.tsx')).UsesDialog)

interface Props {
  place: FolderRef
  row: SecretRow
  isWritable: boolean
  onHistory: (key: string) => void
  onOverride: (key: string) => void
  /** It is not in the folder any more. */
  onGone: () => void
}

/** What can be done with one secret; with an imported one, to put an own one in its place. */
export function SecretMenu({ place, row, isWritable, onHistory, onOverride, onGone }: Props) {
  const [dialog, setDialog] = useState<'delete' | 'delivery' | 'details' | 'move' | 'uses'>()
  const close = () => setDialog(undefined)
  const { key } = row
  const isOwn = row.origin.kind === 'own'
  if (!isOwn && !isWritable) return null
  const restore = async () => {
    try {
      const { restorePrevious } = await loadRestore()
      await restorePrevious(place, key)
    } catch (error) {
      toast.error(words.secretMenu.notRestored(key, messageOf(error)))
    }
  }
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={words.secretMenu.moreForNamed(key)}>
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        {isOwn ? (
          <>
            <MenuItem onSelect={() => onHistory(key)}>
              <History aria-hidden className="size-4" /> {words.secretMenu.history}
            </MenuItem>
            {isWritable && row.version > 1 && (
              <MenuItem onSelect={() => void restore()}>
                <RotateCcw aria-hidden className="size-4" /> {words.secretMenu.restorePrevious}
              </MenuItem>
            )}
            <MenuItem onSelect={() => setDialog('delivery')}>
              <Send aria-hidden className="size-4" /> {words.secretMenu.delivery}
            </MenuItem>
            {isWritable && (
              <MenuItem onSelect={() => setDialog('details')}>
                <FileText aria-hidden className="size-4" /> {words.secretMenu.editDetails}
              </MenuItem>
            )}
            <MenuItem onSelect={() => setDialog('uses')}>
              <Waypoints aria-hidden className="size-4" /> {words.secretMenu.findUsages}
            </MenuItem>
            {isWritable && (
              <>
                <MenuItem onSelect={() => setDialog('move')}>
                  <FolderInput aria-hidden className="size-4" /> {words.secretMenu.move}
                </MenuItem>
                <MenuLine />
                <MenuItem danger onSelect={() => setDialog('delete')}>
                  <Trash2 aria-hidden className="size-4" /> {words.secretMenu.delete}
                </MenuItem>
              </>
            )}
          </>
        ) : (
          <MenuItem onSelect={() => onOverride(key)}>
            <Import aria-hidden className="size-4" /> {words.secretMenu.overrideFolder}
          </MenuItem>
        )}
      </Menu>
      {dialog === 'delivery' && <DeliveryDrawer place={place} secretKey={key} onClose={close} />}
      {dialog === 'details' && <DetailsDialog place={place} row={row} onClose={close} />}
      {dialog === 'uses' && <UsesDialog place={place} secretKey={key} onClose={close} />}
      {dialog === 'move' && <MoveSecrets place={place} rows={[row]} onDone={onGone} onClose={close} />}
      {dialog === 'delete' && <DeleteSecrets place={place} keys={[key]} onDone={onGone} onClose={close} />}
    </>
  )
}
