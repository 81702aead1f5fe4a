import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { PlanView } from '../../components/plan-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { atSource, useWhyNot } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'
import { ApproveDialog } from './approve-dialog.tsx'

/** What the next run would do, asked from the target now. */
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
        <p className="flex-1 basis-64 text-sm text-soft">Preview of the next run. Nothing is written.</p>
        {plan.data && plan.data.fuse !== null && (
          <Button size="sm" variant="danger" denied={denied} onClick={() => setApproving(true)}>
            Review and approve
          </Button>
        )}
        <Button size="sm" busy={plan.isFetching} onClick={() => void plan.refetch()}>
          {!plan.isFetching && <RefreshCw aria-hidden className="size-3.5" />} Refresh plan
        </Button>
      </div>
      {plan.error ? (
        <Failure what="Couldn’t plan this sync" error={plan.error} retry={plan.refetch} />
      ) : plan.data ? (
        <PlanView plan={plan.data} />
      ) : (
        <SkeletonRows label="Making the plan" />
      )}
      {approving && <ApproveDialog sync={sync} onClose={() => setApproving(false)} />}
    </div>
  )
}
