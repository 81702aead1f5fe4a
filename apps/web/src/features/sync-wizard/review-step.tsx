import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ChosenValue } from '../../components/chosen-value.tsx'
import { Failure } from '../../components/failure.tsx'
import { PlanView } from '../../components/plan-view.tsx'
import { policyTitle } from '../../components/policies.ts'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { isShown, shownValue } from '../../lib/form-fields.ts'
import { direct, trpc } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'
import { ReviewTable, type ReviewRow } from './review-table.tsx'
import { toCreate, type StepId } from './steps.ts'
import { UnderstandDialog } from './understand-dialog.tsx'

interface Props {
  projectId: string
  draft: Draft
  destination: Destination
  onGo: (step: StepId) => void
}

/** Everything that was chosen, and what it will do, before any of it happens. */
export function ReviewStep({ projectId, draft, destination, onGo }: Props) {
  const [confirming, setConfirming] = useState(false)
  const input = toCreate(projectId, draft, destination)
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
        destination: draft.destination,
        connectionId: draft.connectionId,
        target: input.target,
      }),
    retry: false,
  })
  const connections = trpc.connections.list.useQuery({ destination: draft.destination })
  const connection = connections.data?.find(({ id }) => id === draft.connectionId)
  const rows: ReviewRow[] = [
    { step: 'destination', name: 'Sends to', value: destination.title },
    { step: 'source', name: 'Source', value: `${draft.environment}:${draft.secretPath}`, mono: true },
    { step: 'target', name: 'Connection', value: connection?.name ?? '…' },
    ...destination.target.fields
      .filter((field) => isShown(field, draft.target) && input.target[field.name] !== undefined)
      .map((field) => ({
        step: 'target' as const,
        name: field.label,
        value: (
          <ChosenValue
            field={field}
            values={draft.target}
            connectionId={draft.connectionId}
            destination={draft.destination}
          />
        ),
      })),
    { step: 'initial', name: 'Initial sync', value: 'Overwrite destination secrets' },
    {
      step: 'options',
      name: 'Key schema',
      value: draft.keySchema.trim() || 'None',
      mono: draft.keySchema.trim() !== '',
    },
    { step: 'options', name: 'Deletion', value: policyTitle(draft.deletionPolicy) },
    { step: 'options', name: 'Auto-sync', value: draft.autoSync ? 'On' : 'Off' },
    ...destination.options.fields.map((field) => ({
      step: 'options' as const,
      name: field.label,
      value: shownValue(field, draft.own[field.name]),
    })),
    { step: 'details', name: 'Name', value: draft.name },
    ...(draft.description.trim() === ''
      ? []
      : [{ step: 'details' as const, name: 'Description', value: draft.description }]),
  ]
  return (
    <div id="wizard-review" className="grid gap-5">
      <ReviewTable rows={rows} onGo={onGo} />
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
        {!draft.autoSync && (
          <Notice>Auto-sync is off: after it is created, nothing is written until someone clicks “Sync now”.</Notice>
        )}
      </section>
      <div className="flex justify-between gap-2 border-t border-line pt-4">
        <Button onClick={() => onGo('details')}>Back</Button>
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
    </div>
  )
}
