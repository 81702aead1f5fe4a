import { useState } from 'react'
import { toast } from '../../../lib/toast.ts'
import { Failure } from '../../../components/failure.tsx'
import { PlanView } from '../../../components/syncs/plan-view.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Dialog, Actions } from '../../../components/ui/dialog.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** Shows the plan as it is now; approving covers exactly that one. */
export function ApproveDialog({ sync, onClose }: { sync: ListedSync; onClose: () => void }) {
  const one = { destination: sync.destination, syncId: sync.id }
  const { data: plan, error, refetch } = trpc.syncs.plan.useQuery(one, { staleTime: 0 })
  const approve = trpc.syncs.approve.useMutation()
  const denied = useWhyNot(sync.projectId)('syncs.manage', atSource(sync))
  const [problem, setProblem] = useState<unknown>()

  const submit = async () => {
    if (!plan) return
    setProblem(undefined)
    try {
      await approve.mutateAsync({ ...one, planHash: plan.hash })
      await markStale('syncs.approve')
      toast.success(words.approveDialog.approved)
      onClose()
    } catch (refusal) {
      setProblem(refusal)
      await refetch()
    }
  }
  const deletes = plan?.summary.delete ?? 0
  return (
    <Dialog open onClose={onClose} title={words.approveDialog.title} description={`${sync.name} → ${sync.targetLabel}`}>
      {error ? (
        <Failure what={words.approveDialog.failed} error={error} retry={refetch} />
      ) : !plan ? (
        <SkeletonRows label={words.approveDialog.loading} rows={4} />
      ) : (
        <div className="grid gap-4">
          <PlanView plan={plan} />
          {problem !== undefined && <Notice kind="bad">{messageOf(problem)}</Notice>}
          <Actions>
            <Button onClick={onClose}>{words.approveDialog.cancel}</Button>
            <Button
              variant={deletes > 0 ? 'danger' : 'primary'}
              busy={approve.isPending}
              denied={denied}
              onClick={() => void submit()}
            >
              {deletes > 0 ? words.approveDialog.approveDelete(deletes) : words.approveDialog.approveRun}
            </Button>
          </Actions>
        </div>
      )}
    </Dialog>
  )
}
