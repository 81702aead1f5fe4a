import { useState } from 'react'
import { Refusal } from '../../../components/refusal.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { statusOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { RestorePlan, Sync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

interface Props {
  sync: Sync
  runId: string
  plan: RestorePlan
  /** What would change is no longer what was reviewed. */
  onChanged: () => void
  onClose: () => void
}

/**
 * Approves exactly the plan that is shown. Also while it is fetched again, so that no press is lost: the server refuses
 * one that has changed.
 */
export function RestoreApproval({ sync, runId, plan, onChanged, onClose }: Props) {
  const [problem, setProblem] = useState<unknown>()
  const restore = trpc.syncs.restore.useMutation()
  const { added, changed, removed, hash } = plan
  const writes = added.length + changed.length

  const submit = async () => {
    setProblem(undefined)
    try {
      await restore.mutateAsync({ destination: sync.destination, syncId: sync.id, runId, planHash: hash })
      await markStale('syncs.restore')
      toast.success(sync.autoSync ? words.restoreApproval.restoredAndStarted : words.restoreApproval.restored)
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
            onClick={() => void submit()}
          >
            {labelOf(writes, removed.length)}
          </Button>
        )}
        <Button onClick={onClose}>
          {writes + removed.length > 0 ? words.restoreApproval.cancel : words.restoreApproval.backRuns}
        </Button>
      </div>
    </div>
  )
}

const labelOf = (writes: number, deletes: number): string =>
  deletes === 0
    ? words.restoreApproval.approveWrite(writes)
    : writes === 0
      ? words.restoreApproval.approveDelete(deletes)
      : words.restoreApproval.approveWriteDelete(writes.toLocaleString('en'), deletes)
