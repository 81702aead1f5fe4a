import type { ReactNode } from 'react'
import { ChosenValue } from '../../components/chosen-value.tsx'
import { Button } from '../../components/ui/button.tsx'
import { policyTitle } from '../../components/policies.ts'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { isShown, shownValue } from '../../lib/form-fields.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'

interface Props {
  draft: Draft
  destination: Destination | undefined
  onRestart: () => void
}

/** What has been chosen, as it is chosen. */
export function Summary({ draft, destination, onRestart }: Props) {
  const connections = trpc.connections.list.useQuery(
    { destination: draft.destination },
    { enabled: draft.destination !== '' },
  )
  const connection = connections.data?.find(({ id }) => id === draft.connectionId)
  return (
    <aside
      aria-label="Summary"
      className="rounded-lg border border-line bg-surface p-4 max-xl:lg:col-start-2 xl:sticky xl:top-20"
    >
      <h2 className="mb-3 text-sm font-semibold">Summary</h2>
      <dl className="grid gap-3 text-sm">
        <Row name="Sends to">
          {destination && (
            <span className="flex items-center gap-2">
              <VendorIcon svg={destination.icon} size={16} /> {destination.title}
            </span>
          )}
        </Row>
        <Row name="Source">
          {draft.environment !== '' && (
            <span className="font-mono break-all">{`${draft.environment}:${draft.secretPath}`}</span>
          )}
        </Row>
        <Row name="Connection">{connection?.name}</Row>
        {destination?.target.fields
          .filter((field) => isShown(field, draft.target) && shownValue(field, draft.target[field.name]) !== 'Not set')
          .map((field) => (
            <Row key={field.name} name={field.label}>
              <span className="break-all">
                <ChosenValue
                  field={field}
                  values={draft.target}
                  connectionId={draft.connectionId}
                  destination={draft.destination}
                />
              </span>
            </Row>
          ))}
        <Row name="Key schema">
          {draft.keySchema.trim() === '' ? 'None' : <span className="font-mono break-all">{draft.keySchema}</span>}
        </Row>
        <Row name="Deletion">{policyTitle(draft.deletionPolicy)}</Row>
        <Row name="Auto-sync">{draft.autoSync ? 'On' : 'Off'}</Row>
        {draft.name !== '' && <Row name="Name">{draft.name}</Row>}
      </dl>
      {destination && (
        <Button size="sm" className="mt-4 w-full" onClick={onRestart}>
          Start over
        </Button>
      )}
    </aside>
  )
}

const Row = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="grid gap-0.5">
    <dt className="text-xs text-soft">{name}</dt>
    <dd className="min-w-0 font-medium">
      {children || <span className="font-normal text-faint">Not chosen yet</span>}
    </dd>
  </div>
)
