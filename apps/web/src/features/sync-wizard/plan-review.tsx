import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { PlanView } from '../../components/plan-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { direct } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { toCreate } from './steps.ts'
import { UnderstandDialog } from './understand-dialog.tsx'

interface Props {
  projectId: string
  input: ReturnType<typeof toCreate>
  destination: Destination
  onBack: () => void
}

/** What the first sync will do at the target, and the last step. */
export function PlanReview({ projectId, input, destination, onBack }: Props) {
  const [confirming, setConfirming] = useState(false)
  const plan = useQuery({
    queryKey: ['sync-preview', input],
    queryFn: () => direct.syncs.preview.mutate(input),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const overlap = useQuery({
    queryKey: ['sync-overlap', input.connectionId, input.target],
    queryFn: () =>
      direct.syncs.checkDestination.mutate({
        projectId,
        destination: input.destination,
        connectionId: input.connectionId,
        target: input.target,
      }),
    retry: false,
  })
  return (
    <>
      <section aria-label="Plan" aria-live="polite" className="grid gap-3">
        <div className="flex flex-wrap items-baseline gap-3">
          <h2 className="flex-1 text-lg font-semibold">What the first sync will do</h2>
          <Button size="sm" busy={plan.isFetching} onClick={() => void plan.refetch()}>
            Refresh plan
          </Button>
        </div>
        {overlap.data?.hasDuplicate && (
          <Notice kind="warn" title="Another sync writes to this target too">
            That works while their keys differ. A key that both would write is refused, with the other sync’s name.
          </Notice>
        )}
        {overlap.data?.maybeDuplicate && (
          <Notice kind="warn" title="Another sync writes to a target of this name at another host">
            If the two hosts are one server under two names, each sync would overwrite or delete the other’s keys.
          </Notice>
        )}
        {plan.error ? (
          <Failure what="Couldn’t plan this sync" error={plan.error} retry={plan.refetch} />
        ) : plan.data ? (
          <PlanView plan={plan.data} />
        ) : (
          <SkeletonRows label="Asking the target what it holds" rows={4} />
        )}
        {!input.autoSync && (
          <Notice>Auto-sync is off: after it is created, nothing is written until someone clicks “Sync now”.</Notice>
        )}
      </section>
      <div className="flex justify-between gap-2 border-t border-line pt-4">
        <Button onClick={onBack}>Back</Button>
        <Button variant="primary" disabled={!plan.data || plan.isFetching} onClick={() => setConfirming(true)}>
          Create sync
        </Button>
      </div>
      {confirming && plan.data && (
        <UnderstandDialog
          projectId={projectId}
          input={input}
          plan={plan.data}
          destination={destination}
          onClose={() => setConfirming(false)}
          onStale={() => void plan.refetch()}
        />
      )}
    </>
  )
}
