import { count } from '@keyferry/schemas/count'
import { useState } from 'react'
import { Refusal } from '../../components/refusal.tsx'
import { Button } from '../../components/ui/button.tsx'
import { statusOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { RestorePlan, Sync } from '../../lib/types.ts'

interface Props {
  sync: Sync
  runId: string
  plan: RestorePlan
  looking: boolean
  /** What would change is no longer what was reviewed. */
  onChanged: () => void
  onClose: () => void
}

/** Approves exactly the plan that is shown. */
export function RestoreApproval({ sync, runId, plan, looking, onChanged, onClose }: Props) {
  const [problem, setProblem] = useState<unknown>()
  const restore = trpc.syncs.restore.useMutation()
  const { added, changed, removed, hash } = plan
  const writes = added.length + changed.length

  const submit = async () => {
    setProblem(undefined)
    try {
      await restore.mutateAsync({ destination: sync.destination, syncId: sync.id, runId, planHash: hash })
      await markStale('syncs.restore')
      toast.success(
        sync.autoSync
          ? 'The vault is as it was then. The sync is on its way.'
          : 'The vault is as it was then. The target follows with the next run.',
      )
      onClose()
    } catch (refusal) {
      setProblem(refusal)
      if (statusOf(refusal) === 400) onChanged()
    }
  }
  return (
    <div className="grid gap-3">
      <Refusal error={problem} />
      <div className="flex flex-wrap gap-2">
        {writes + removed.length > 0 && (
          <Button
            variant={removed.length > 0 ? 'danger' : 'primary'}
            busy={restore.isPending}
            disabled={looking}
            onClick={() => void submit()}
          >
            {labelOf(writes, removed.length)}
          </Button>
        )}
        <Button onClick={onClose}>{writes + removed.length > 0 ? 'Leave it as it is' : 'Back to the runs'}</Button>
      </div>
    </div>
  )
}

const labelOf = (writes: number, deletes: number): string =>
  deletes === 0
    ? `Approve and write ${count(writes, 'secret')}`
    : writes === 0
      ? `Approve and delete ${count(deletes, 'secret')}`
      : `Approve, write ${writes.toLocaleString('en')} and delete ${count(deletes, 'secret')}`
