import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import type { Destination, Plan } from '../../lib/server/types.ts'
import { words } from './words.ts'

interface Props {
  plan: Plan
  destination: Destination
  busy: boolean
  error: unknown
  onClose: () => void
  onConfirm: (planHash: string) => void
}

/** The last question. Its yes covers exactly the plan that was shown. */
export function UnderstandDialog({ plan, destination, busy, error, onClose, onConfirm }: Props) {
  const [typed, setTyped] = useState('')
  const { title } = destination
  const { create, update, delete: deletes } = plan.summary
  const adopted = plan.changes.filter((change) => change.action === 'update' && change.takesOver === true).length
  const ready = deletes === 0 || typed.trim() === String(deletes)

  return (
    <Dialog open onClose={onClose} title={words.understandDialog.title}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) onConfirm(plan.hash)
        }}
      >
        <p>{words.understandDialog.text(title)}</p>
        <ul className="grid gap-1">
          {create > 0 && <li>{words.understandDialog.created(create)}</li>}
          {update > 0 && (
            <li>
              {words.understandDialog.overwritten(update)}
              {adopted > 0 && (
                <span className="font-semibold text-warn">{words.understandDialog.takenOver(adopted)}</span>
              )}
              .
            </li>
          )}
          {deletes > 0 && <li className="font-semibold text-bad">{words.understandDialog.deleted(deletes)}</li>}
          {create + update + deletes === 0 && <li>{words.understandDialog.nothingChanges}</li>}
        </ul>
        {error !== null && error !== undefined && (
          <Notice kind="bad" title={words.understandDialog.failed}>
            {messageOf(error)}
          </Notice>
        )}
        {deletes > 0 && (
          <TextField
            label={words.understandDialog.confirm(deletes)}
            inputMode="numeric"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <Actions>
          <Button onClick={onClose}>{words.understandDialog.cancel}</Button>
          <Button type="submit" variant={deletes > 0 ? 'danger' : 'primary'} disabled={!ready} busy={busy}>
            {words.understandDialog.understood}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
