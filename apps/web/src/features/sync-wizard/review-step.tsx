import { ChosenValue } from '../../components/chosen-value.tsx'
import { policyTitle } from '../../components/policies.ts'
import { isShown, shownValue } from '../../lib/form-fields.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'
import { ImportReview } from './import-review.tsx'
import { initialBehaviorTitle } from './initial-behaviors.ts'
import { PlanReview } from './plan-review.tsx'
import { ReviewTable, type ReviewRow } from './review-table.tsx'
import { toCreate, type StepId } from './steps.ts'

interface Props {
  projectId: string
  draft: Draft
  destination: Destination
  onGo: (step: StepId) => void
}

/** Everything that was chosen, and what it will do, before any of it happens. */
export function ReviewStep({ projectId, draft, destination, onGo }: Props) {
  const input = toCreate(projectId, draft, destination)
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
    { step: 'initial', name: 'Initial sync', value: initialBehaviorTitle(draft.initialSyncBehavior) },
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
      {draft.initialSyncBehavior === 'overwrite-destination' ? (
        <PlanReview projectId={projectId} input={input} destination={destination} onBack={() => onGo('details')} />
      ) : (
        <ImportReview projectId={projectId} input={input} onBack={() => onGo('details')} />
      )}
    </div>
  )
}
