import { count } from '@keyferry/schemas/count'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Destination, Plan } from '../../lib/types.ts'
import { dropDraft } from './draft.ts'
import type { toCreate } from './steps.ts'

interface Props {
  projectId: string
  input: ReturnType<typeof toCreate>
  plan: Plan
  destination: Destination
  onClose: () => void
  /** The plan may have changed meanwhile: make it again. */
  onStale: () => void
}

/** The last question. Its yes covers exactly the plan that was shown. */
export function UnderstandDialog({ projectId, input, plan, destination, onClose, onStale }: Props) {
  const navigate = useNavigate()
  const create = trpc.syncs.create.useMutation()
  const [typed, setTyped] = useState('')
  const { title } = destination
  const { delete: deletes, update } = plan.summary
  const adopted = plan.changes.filter((change) => change.action === 'update' && change.takesOver === true).length
  const ready = deletes === 0 || typed.trim() === String(deletes)

  const submit = async () => {
    try {
      const sync = await create.mutateAsync({ ...input, planHash: plan.hash })
      await markStale('syncs.create')
      await navigate({
        to: '/p/$projectId/syncs/$destination/$syncId',
        params: { projectId, destination: sync.destination, syncId: sync.id },
      })
      dropDraft(projectId)
    } catch {
      onStale()
    }
  }
  return (
    <Dialog open onClose={onClose} title="Keyferry is the source of truth for this destination">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) void submit()
        }}
      >
        <p>
          From now on the folder decides what {title} holds there. A change made at {title} itself is overwritten by the
          next sync.
        </p>
        <ul className="grid gap-1">
          <li>{count(plan.summary.create, 'key')} will be created.</li>
          <li>
            {count(update, 'key')} will be overwritten
            {adopted > 0 && (
              <span className="font-semibold text-warn">, {adopted} of them not written by Keyferry</span>
            )}
            .
          </li>
          <li className={deletes > 0 ? 'font-semibold text-bad' : undefined}>
            {count(deletes, 'key')} will be deleted.
          </li>
        </ul>
        {create.error && (
          <Notice kind="bad" title="The sync was not created">
            {messageOf(create.error)}
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
          <Button type="submit" variant={deletes > 0 ? 'danger' : 'primary'} disabled={!ready} busy={create.isPending}>
            I Understand
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
