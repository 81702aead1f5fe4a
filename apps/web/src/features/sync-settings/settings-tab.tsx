import { zodResolver } from '@hookform/resolvers/zod'
import { description, KEY_PLACEHOLDER, keySchema, syncName } from '@keyferry/schemas'
import { useState } from 'react'
import { FormProvider } from 'react-hook-form'
import { z } from 'zod'
import { GeneratedFields } from '../../components/fields/generated-fields.tsx'
import { KeySchemaField } from '../../components/fields/key-schema-field.tsx'
import { FolderPicker } from '../../components/fields/folder-picker.tsx'
import { POLICIES } from '../../components/syncs/policies.ts'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { changedFrom, defaultsOf, type Values } from '../../lib/forms/form-fields.ts'
import { schemaOf } from '../../lib/forms/form-rules.ts'
import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { useTypedOver } from '../../lib/forms/typed-over.ts'
import { useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Destination, DeletionPolicy, Sync } from '../../lib/server/types.ts'
import { anchorOf, SettingsCard } from './settings-card.tsx'
import { DriftSettings } from './settings-drift.tsx'
import { SettingsForm } from './settings-form.tsx'
import { TargetSettings } from './settings-target.tsx'
import { words } from './words.ts'

/**
 * What is changed is saved at once; the sync runs again when that can reach the destination. What somebody else changes
 * meanwhile is shown where nothing is typed.
 */
export function SettingsTab({ sync, destination }: { sync: Sync; destination: Destination | undefined }) {
  // Without them there is no target to choose: an admin who is narrowed to places has none.
  const connections = useRights(sync.projectId).rights?.may('connections.read') === true
  const own =
    destination && destination.options.fields.length > 0 ? words.settingsTab.options(destination.title) : undefined
  const titles = [
    words.settingsTab.title,
    words.settingsTab.source,
    destination && connections && words.settingsTarget.title,
    words.settingsTab.autoSyncTitle,
    words.settingsTab.keySchema,
    words.settingsTab.deletionPolicy,
    own,
    words.settingsDrift.title,
  ].filter((title) => typeof title === 'string')
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[12rem_minmax(0,1fr)]">
      <SectionLinks titles={titles} />
      <SettingsForm sync={sync}>
        <Details sync={sync} />
        <Source sync={sync} />
        {destination && connections && <TargetSettings sync={sync} destination={destination} />}
        <AutoSync sync={sync} />
        <KeySchema sync={sync} />
        <Deletion sync={sync} />
        {destination && own !== undefined && <OwnOptions title={own} sync={sync} destination={destination} />}
        <DriftSettings sync={sync} provider={destination?.title ?? sync.destination} />
      </SettingsForm>
    </div>
  )
}

/** The way to each section of the page. */
const SectionLinks = ({ titles }: { titles: readonly string[] }) => (
  <nav aria-label={words.settingsTab.sections} className="top-17 xl:sticky">
    <ul className="flex flex-wrap gap-1 xl:grid">
      {titles.map((title) => (
        <li key={title}>
          <button
            type="button"
            className="rounded-md px-2.5 py-1 text-left text-sm text-soft hover:bg-sunken hover:text-ink"
            onClick={() => document.getElementById(anchorOf(title))?.scrollIntoView()}
          >
            {title}
          </button>
        </li>
      ))}
    </ul>
  </nav>
)

function Details({ sync }: { sync: Sync }) {
  const { isTyped, typedOf, ...form } = useStoredForm(
    { name: sync.name, description: sync.description ?? '' },
    zodResolver(z.object({ name: syncName, description })),
  )
  const { errors } = form.formState
  return (
    <SettingsCard
      title={words.settingsTab.title}
      dirty={isTyped}
      patch={async () => ((await form.trigger()) ? typedOf(form.getValues()) : undefined)}
    >
      <TextField
        label={words.settingsTab.name}
        spellCheck={false}
        error={errors.name?.message}
        {...form.register('name')}
      />
      <TextField
        label={words.settingsTab.description}
        optional
        error={errors.description?.message}
        {...form.register('description')}
      />
    </SettingsCard>
  )
}

function Source({ sync }: { sync: Sync }) {
  const { data: project } = trpc.projects.get.useQuery({ projectId: sync.projectId })
  const stored = { environment: sync.environment?.slug ?? '', secretPath: sync.folder?.path ?? '/' }
  const [chosen, setChosen] = useState<typeof stored>()
  const { environment, secretPath } = chosen ?? stored
  return (
    <SettingsCard
      title={words.settingsTab.source}
      text={words.settingsTab.sourceText}
      dirty={environment !== stored.environment || secretPath !== stored.secretPath}
      patch={() => ({ environment, secretPath })}
    >
      <SelectField
        label={words.settingsTab.environment}
        value={environment}
        onChange={(event) => setChosen({ environment: event.target.value, secretPath: '/' })}
      >
        {project?.environments.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </SelectField>
      <FolderPicker
        projectId={sync.projectId}
        environment={environment}
        value={secretPath}
        onChange={(path) => setChosen({ environment, secretPath: path })}
      />
    </SettingsCard>
  )
}

function AutoSync({ sync }: { sync: Sync }) {
  const [chosen, setChosen] = useState<boolean>()
  const on = chosen ?? sync.autoSync
  return (
    <SettingsCard title={words.settingsTab.autoSyncTitle} dirty={on !== sync.autoSync} patch={() => ({ autoSync: on })}>
      <SwitchField
        label={words.settingsTab.autoSyncEnabled}
        help={words.settingsTab.autoSyncHelp}
        checked={on}
        onChange={setChosen}
      />
    </SettingsCard>
  )
}

function KeySchema({ sync }: { sync: Sync }) {
  const before = sync.options.keySchema ?? ''
  const environment = sync.environment?.slug ?? ''
  const [typed, setTyped] = useState<string>()
  const schema = typed ?? before
  const rows = trpc.secrets.rows.useQuery(
    { projectId: sync.projectId, environment, secretPath: sync.folder?.path ?? '/' },
    { enabled: sync.folder !== null },
  )
  const problem = schema.trim() === '' ? undefined : keySchema.safeParse(schema).error?.issues[0]?.message
  return (
    <SettingsCard
      title={words.settingsTab.keySchema}
      text={words.settingsTab.keySchemaText}
      dirty={schema !== before}
      // Leaving an option out keeps it, so "no schema" is the one that changes nothing.
      patch={() => (problem === undefined ? { options: { keySchema: schema.trim() || KEY_PLACEHOLDER } } : undefined)}
    >
      <KeySchemaField
        value={schema}
        onChange={(event) => setTyped(event.target.value)}
        keys={rows.data?.rows.map(({ key }) => key) ?? []}
        environment={environment}
        error={problem}
      />
    </SettingsCard>
  )
}

function Deletion({ sync }: { sync: Sync }) {
  const before = sync.options.deletionPolicy
  const [chosen, setChosen] = useState<DeletionPolicy>()
  const policy = chosen ?? before
  return (
    <SettingsCard
      title={words.settingsTab.deletionPolicy}
      dirty={policy !== before}
      patch={() => ({ options: { deletionPolicy: policy } })}
    >
      <RadioCards label={words.settingsTab.deletionPolicy} value={policy} onChange={setChosen} cards={POLICIES} />
    </SettingsCard>
  )
}

function OwnOptions({ sync, destination, title }: { sync: Sync; destination: Destination; title: string }) {
  const { fields } = destination.options
  const own: Values = Object.fromEntries(
    fields.map(({ name }) => [name, sync.options[name]]).filter(([, value]) => value !== undefined),
  )
  const {
    isTyped,
    typedOf: _,
    ...form
  } = useStoredForm({ own: { ...defaultsOf(fields), ...own } }, zodResolver(z.object({ own: schemaOf(fields) })))
  // They are saved as a whole.
  const ifVersion = useTypedOver(sync.version, isTyped)
  return (
    <SettingsCard
      title={title}
      dirty={isTyped}
      patch={async () =>
        (await form.trigger()) ? { ifVersion, options: changedFrom(fields, form.getValues('own')) } : undefined
      }
    >
      <FormProvider {...form}>
        <GeneratedFields
          fields={fields}
          under="own"
          asked={{ connectionId: sync.connectionId, destination: sync.destination, known: sync.target }}
        />
      </FormProvider>
    </SettingsCard>
  )
}
