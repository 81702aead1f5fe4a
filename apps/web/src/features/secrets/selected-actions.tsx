import { count } from '@keyferry/schemas/count'
import { FolderInput, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import type { FolderRef, SecretRow, Sync } from '../../lib/types.ts'

const DeleteSecrets = onDemand(async () => (await import('./delete-secrets.tsx')).DeleteSecrets)
const MoveSecrets = onDemand(async () => (await import('./move-secrets.tsx')).MoveSecrets)

interface Props {
  place: FolderRef
  rows: readonly SecretRow[]
  readers: readonly Sync[]
  /** They are not here any more. */
  onDone: () => void
}

/** What can be done with the secrets that are ticked. */
export function SelectedActions({ place, rows, readers, onDone }: Props) {
  const [dialog, setDialog] = useState<'move' | 'delete'>()
  const close = () => setDialog(undefined)
  const what = count(rows.length, 'secret')
  return (
    <>
      <Button size="sm" onClick={() => setDialog('move')}>
        <FolderInput aria-hidden className="size-3.5" /> Move {what}
      </Button>
      <Button size="sm" variant="quietDanger" onClick={() => setDialog('delete')}>
        <Trash2 aria-hidden className="size-3.5" /> Delete {what}
      </Button>
      {dialog === 'move' && <MoveSecrets place={place} rows={rows} onDone={onDone} onClose={close} />}
      {dialog === 'delete' && (
        <DeleteSecrets
          place={place}
          keys={rows.map(({ key }) => key)}
          readers={readers}
          onDone={onDone}
          onClose={close}
        />
      )}
    </>
  )
}
