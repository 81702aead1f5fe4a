import { useController, useFormContext, useWatch } from 'react-hook-form'
import { GeneratedFields } from '../../components/generated-fields.tsx'
import { KeySchemaField } from '../../components/key-schema-field.tsx'
import { POLICIES } from '../../components/policies.ts'
import { Section } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'
import { initialBehaviors } from './initial-behaviors.ts'

interface Props {
  projectId: string
  destination: Destination
  /** What the target is, where other teams keep theirs too. */
  sharedPlace: string | null
}

/** How the first sync treats what is there, and how keys are synced from then on. */
export function OptionsSection({ projectId, destination, sharedPlace }: Props) {
  const { control, formState, setValue } = useFormContext<Draft>()
  const behavior = useController({ control, name: 'initialSyncBehavior' }).field
  const schema = useController({ control, name: 'keySchema' }).field
  const policy = useController({ control, name: 'deletionPolicy' }).field
  const auto = useController({ control, name: 'autoSync' }).field
  const draft = useWatch({ control, compute: (values) => values })
  const { environment, secretPath, connectionId, target } = draft
  const rows = trpc.secrets.rows.useQuery({ projectId, environment, secretPath }, { enabled: environment !== '' })
  const keys = rows.data?.rows.map(({ key }) => key) ?? []
  const { canImportSecrets, notes, title } = destination
  const hasSchema = schema.value.trim() !== ''

  return (
    <>
      <Section title="Initial sync behavior" text="How the first sync treats secrets that are already there.">
        <div className="grid gap-3">
          <RadioCards
            label="Initial sync behavior"
            value={behavior.value}
            onChange={behavior.onChange}
            cards={initialBehaviors(draft, canImportSecrets)}
          />
          <Notice title={canImportSecrets ? `About ${title}` : `${title} secrets can’t be imported`}>
            {notes.initialSync}
          </Notice>
          {notes.initialWarning !== null && <Notice kind="warn">{notes.initialWarning}</Notice>}
        </div>
      </Section>
      <Section title="Sync options" text="How keys are synced.">
        <div className="grid gap-5">
          <KeySchemaField
            {...schema}
            keys={keys}
            environment={environment}
            error={formState.errors.keySchema?.message}
          />
          {!hasSchema && (
            <Notice>
              We recommend a key schema, so that Keyferry manages only the names you mean and leaves everything else
              alone.
            </Notice>
          )}
          <div className="grid gap-2">
            <h3 className="text-sm font-medium">When a key leaves the folder</h3>
            <RadioCards
              label="Deletion policy"
              value={policy.value}
              onChange={(next) => {
                policy.onChange(next)
                setValue('isPolicyChosen', true)
              }}
              cards={POLICIES}
            />
            {sharedPlace !== null && (
              <Notice>
                The destination is {sharedPlace}, where others keep theirs too. Mirroring needs a key schema.
              </Notice>
            )}
            {policy.value === 'mirror' && !hasSchema && (
              <Notice kind="warn">
                Without a key schema, mirroring covers the whole destination: the first sync deletes every key that the
                folder does not have.
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
            asked={{ connectionId, destination: destination.name, known: target }}
          />
          {notes.options.length > 0 && (
            <Notice kind="warn" title={`About ${title}`}>
              <ul className="list-disc space-y-1 pl-4">
                {notes.options.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </Notice>
          )}
        </div>
      </Section>
    </>
  )
}
