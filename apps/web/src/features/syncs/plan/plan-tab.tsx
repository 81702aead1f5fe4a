import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../../components/failure.tsx'
import { PlanView } from '../../../components/syncs/plan-view.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Sync } from '../../../lib/server/types.ts'
import { ApproveDialog } from './approve-dialog.tsx'
import { words } from '../words.ts'

/** What the next run would do, computed from the destination as it is now. */
export function PlanTab({ sync }: { sync: Sync }) {
  const plan = trpc.syncs.plan.useQuery(
    { destination: sync.destination, syncId: sync.id },
    { staleTime: 0, retry: false },
  )
  const denied = useWhyNot(sync.projectId)('syncs.manage', atSource(sync))
  const [approving, setApproving] = useState(false)
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <p className="flex-1 basis-64 text-sm text-soft">{words.planTab.text}</p>
        {plan.data && plan.data.fuse !== null && (
          <Button size="sm" variant="danger" denied={denied} onClick={() => setApproving(true)}>
            {words.planTab.reviewApprove}
          </Button>
        )}
        <Button size="sm" busy={plan.isFetching} onClick={() => void plan.refetch()}>
          {!plan.isFetching && <RefreshCw aria-hidden className="size-3.5" />} {words.planTab.refreshPlan}
        </Button>
      </div>
      {plan.error ? (
        <Failure what={words.planTab.failed} error={plan.error} retry={plan.refetch} />
      ) : plan.data ? (
        <PlanView plan={plan.data} />
      ) : (
        <SkeletonRows label={words.planTab.loading} />
      )}
      {approving && <ApproveDialog sync={sync} onClose={() => setApproving(false)} />}
    </div>
  )
}
