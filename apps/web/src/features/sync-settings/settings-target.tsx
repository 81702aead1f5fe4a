import { zodResolver } from '@hookform/resolvers/zod'
import { FormProvider, useController } from 'react-hook-form'
import { z } from 'zod'
import { ConnectionPicker } from '../../components/fields/connection-picker.tsx'
import { GeneratedFields } from '../../components/fields/generated-fields.tsx'
import { defaultsOf, filled } from '../../lib/forms/form-fields.ts'
import { schemaOf } from '../../lib/forms/form-rules.ts'
import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { useTypedOver } from '../../lib/forms/typed-over.ts'
import type { Destination, Sync } from '../../lib/server/types.ts'
import { SettingsCard } from './settings-card.tsx'
import { words } from './words.ts'

/** Where the sync writes, and with which connection. */
export function TargetSettings({ sync, destination }: { sync: Sync; destination: Destination }) {
  const { fields } = destination.target
  const {
    isTyped,
    typedOf: _,
    ...form
  } = useStoredForm(
    { connectionId: sync.connectionId, target: { ...defaultsOf(fields), ...sync.target } },
    zodResolver(z.object({ connectionId: z.string(), target: schemaOf(fields) })),
  )
  // It is saved as a whole.
  const ifVersion = useTypedOver(sync.version, isTyped)
  const { field: connection } = useController({ control: form.control, name: 'connectionId' })
  const patch = async () => {
    if (!(await form.trigger())) return undefined
    const { connectionId, target } = form.getValues()
    return { ifVersion, connectionId, target: filled(fields, target) }
  }
  return (
    <SettingsCard title={words.settingsTarget.title} text={words.settingsTarget.text} dirty={isTyped} patch={patch}>
      <ConnectionPicker
        projectId={sync.projectId}
        destination={destination}
        chosenLabel={connection.value === sync.connectionId ? sync.connection.name : undefined}
        {...connection}
      />
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
