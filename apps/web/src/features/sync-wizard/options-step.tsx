import { useController, useFormContext, useWatch } from 'react-hook-form'
import { GeneratedFields } from '../../components/generated-fields.tsx'
import { KeySchemaField } from '../../components/key-schema-field.tsx'
import { POLICIES } from '../../components/policies.ts'
import { Notice } from '../../components/ui/notice.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'
import { StepForm } from './step-form.tsx'

export function OptionsStep({
  projectId,
  destination,
  onSubmit,
}: {
  projectId: string
  destination: Destination
  onSubmit: () => void
}) {
  const { control, formState } = useFormContext<Draft>()
  const schema = useController({ control, name: 'keySchema' }).field
  const policy = useController({ control, name: 'deletionPolicy' }).field
  const auto = useController({ control, name: 'autoSync' }).field
  const [environment, secretPath, connectionId, known] = useWatch({
    control,
    name: ['environment', 'secretPath', 'connectionId', 'target'],
  })
  const rows = trpc.secrets.rows.useQuery({ projectId, environment, secretPath })
  const keys = rows.data?.rows.map(({ key }) => key) ?? []

  return (
    <StepForm onSubmit={onSubmit}>
      <KeySchemaField {...schema} keys={keys} environment={environment} error={formState.errors.keySchema?.message} />
      <div className="grid gap-2">
        <h2 className="text-sm font-medium">When a key leaves the folder</h2>
        <RadioCards label="Deletion policy" value={policy.value} onChange={policy.onChange} cards={POLICIES} />
        {policy.value === 'mirror' && schema.value.trim() === '' && (
          <Notice kind="warn">
            Without a key schema, mirroring covers everything at the target: the first sync deletes every key there that
            the folder does not have.
          </Notice>
        )}
      </div>
      <SwitchField
        label="Auto-sync enabled"
        help="Send every change of the folder within a second. Off: sync manually."
        checked={auto.value}
        onChange={auto.onChange}
      />
      <GeneratedFields
        fields={destination.options.fields}
        under="own"
        asked={{ connectionId, destination: destination.name, known }}
      />
      {destination.notes.options.length > 0 && (
        <Notice kind="warn" title={`About ${destination.title}`}>
          <ul className="list-disc space-y-1 pl-4">
            {destination.notes.options.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Notice>
      )}
    </StepForm>
  )
}
