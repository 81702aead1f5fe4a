import { useController, useFormContext, useWatch } from 'react-hook-form'
import { GeneratedFields } from '../../components/fields/generated-fields.tsx'
import { KeySchemaField } from '../../components/fields/key-schema-field.tsx'
import { POLICIES } from '../../components/syncs/policies.ts'
import { Section } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { Destination } from '../../lib/server/types.ts'
import type { Draft } from './draft.ts'
import { initialBehaviors } from './initial-behaviors.ts'
import { words } from './words.ts'

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
      <Section title={words.optionsSection.title} text={words.optionsSection.text}>
        <div className="grid gap-3">
          <RadioCards
            label={words.optionsSection.title}
            value={behavior.value}
            onChange={behavior.onChange}
            cards={initialBehaviors(draft, canImportSecrets)}
          />
          <Notice
            title={
              canImportSecrets ? words.optionsSection.about(title) : words.optionsSection.secretsCantBeImported(title)
            }
          >
            {notes.initialSync}
          </Notice>
          {notes.initialWarning !== null && <Notice kind="warn">{notes.initialWarning}</Notice>}
        </div>
      </Section>
      <Section title={words.optionsSection.syncOptions} text={words.optionsSection.syncOptionsText}>
        <div className="grid gap-5">
          <KeySchemaField
            {...schema}
            keys={keys}
            environment={environment}
            error={formState.errors.keySchema?.message}
          />
          {!hasSchema && <Notice>{words.optionsSection.keySchemaAdvice}</Notice>}
          <div className="grid gap-2">
            <h3 className="text-sm font-medium">{words.optionsSection.whenKeyLeavesFolder}</h3>
            <RadioCards
              label={words.optionsSection.deletionPolicy}
              value={policy.value}
              onChange={(next) => {
                policy.onChange(next)
                setValue('isPolicyChosen', true)
              }}
              cards={POLICIES}
            />
            {sharedPlace !== null && <Notice>{words.optionsSection.shared(sharedPlace)}</Notice>}
            {policy.value === 'mirror' && !hasSchema && <Notice kind="warn">{words.optionsSection.mirrorsAll}</Notice>}
          </div>
          <SwitchField
            label={words.optionsSection.autoSyncEnabled}
            help={words.optionsSection.autoSyncHelp}
            checked={auto.value}
            onChange={auto.onChange}
          />
          <GeneratedFields
            fields={destination.options.fields}
            under="own"
            asked={{ connectionId, destination: destination.name, known: target }}
          />
          {notes.options.length > 0 && (
            <Notice kind="warn" title={words.optionsSection.about(title)}>
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
