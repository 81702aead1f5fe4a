import { count } from '@keyferry/schemas/count'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import type { Destination, Plan } from '../../lib/types.ts'

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
    <Dialog open onClose={onClose} title="Keyferry is the source of truth for this destination">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) onConfirm(plan.hash)
        }}
      >
        <p>
          From now on the folder decides what this destination holds. A change made in {title} itself is overwritten by
          the next sync.
        </p>
        <ul className="grid gap-1">
          {create > 0 && <li>{count(create, 'key')} will be created.</li>}
          {update > 0 && (
            <li>
              {count(update, 'key')} will be overwritten
              {adopted > 0 && (
                <span className="font-semibold text-warn">, {adopted} of them not written by Keyferry</span>
              )}
              .
            </li>
          )}
          {deletes > 0 && <li className="font-semibold text-bad">{count(deletes, 'key')} will be deleted.</li>}
          {create + update + deletes === 0 && <li>The first sync changes nothing.</li>}
        </ul>
        {error !== null && error !== undefined && (
          <Notice kind="bad" title="The sync was not created">
            {messageOf(error)}
          </Notice>
        )}
        {deletes > 0 && (
          <TextField
            label={`Type ${deletes} to confirm the deletions`}
            inputMode="numeric"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <Actions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant={deletes > 0 ? 'danger' : 'primary'} disabled={!ready} busy={busy}>
            I Understand
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
