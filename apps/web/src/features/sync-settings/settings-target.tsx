import { zodResolver } from '@hookform/resolvers/zod'
import { FormProvider, useController, useForm } from 'react-hook-form'
import { z } from 'zod'
import { GeneratedFields } from '../../components/generated-fields.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { messageOf } from '../../lib/errors.ts'
import { defaultsOf, filled } from '../../lib/form-fields.ts'
import { schemaOf } from '../../lib/form-rules.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Destination, Sync } from '../../lib/types.ts'
import { SettingsCard } from './settings-card.tsx'
import { words } from './words.ts'

/** Where the sync writes, and with which connection. */
export function TargetSettings({ sync, destination }: { sync: Sync; destination: Destination }) {
  const { fields } = destination.target
  const connections = trpc.connections.list.useQuery({ destination: destination.name })
  const form = useForm({
    resolver: zodResolver(z.object({ connectionId: z.string(), target: schemaOf(fields) })),
    defaultValues: {
      connectionId: sync.connectionId,
      target: { ...defaultsOf(fields), ...sync.target },
    },
  })
  const { field: connection } = useController({ control: form.control, name: 'connectionId' })
  const patch = async () => {
    if (!(await form.trigger())) return undefined
    const { connectionId, target } = form.getValues()
    return { connectionId, target: filled(fields, target) }
  }
  return (
    <SettingsCard
      title={words.settingsTarget.title}
      text={words.settingsTarget.text}
      dirty={form.formState.isDirty}
      patch={patch}
    >
      <SelectField
        label={words.settingsTarget.connection(destination.title)}
        error={connections.error ? messageOf(connections.error) : undefined}
        {...connection}
      >
        {connections.data?.map(({ id, name, account }) => (
          <option key={id} value={id}>
            {account === null ? name : `${name} · ${account}`}
          </option>
        )) ?? <option value={sync.connectionId}>{sync.connection.name}</option>}
      </SelectField>
      <FormProvider {...form}>
        <GeneratedFields
          fields={fields}
          under="target"
          asked={{ connectionId: connection.value, destination: destination.name, known: {} }}
        />
      </FormProvider>
    </SettingsCard>
  )
}
