import { zodResolver } from '@hookform/resolvers/zod'
import { connectionName } from '@keyferry/schemas'
import { useState } from 'react'
import { FormProvider } from 'react-hook-form'
import { z } from 'zod'
import { useNewForm } from '../../lib/forms/new-form.ts'
import { issuesOf, messageOf } from '../../lib/server/errors.ts'
import { defaultsOf, filled } from '../../lib/forms/form-fields.ts'
import { schemaOf } from '../../lib/forms/form-rules.ts'
import type { Connection } from '../../lib/server/types.ts'
import { GeneratedFields } from './generated-fields.tsx'
import { useStoreConnection, type Stored } from './use-store-connection.ts'
import { Button } from '../ui/button.tsx'
import { Actions } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { words } from '../words.ts'

interface Props extends Stored {
  onDone: (connection: Connection) => void
  onCancel?: () => void
}

/** The fields of a connection, or of the credential that takes the place of one. */
export function ConnectionForm({ onDone, onCancel, ...stored }: Props) {
  const { destination, existing } = stored
  const store = useStoreConnection(stored)
  const { methods } = destination.connection
  const [chosen, setChosen] = useState(existing?.method ?? methods[0]?.name ?? '')
  const method = methods.find(({ name }) => name === chosen)
  const fields = method?.fields ?? []
  const form = useNewForm({
    resolver: zodResolver(z.object({ name: connectionName, credentials: schemaOf(fields) })),
    defaultValues: {
      name: existing?.name ?? destination.connection.app,
      credentials: { ...defaultsOf(methods.flatMap((one) => one.fields)), ...existing?.credentials },
    },
  })
  const { errors, isSubmitting } = form.formState

  const refuse = (error: unknown) => {
    const issues = issuesOf(error)
    for (const { path, message } of issues) {
      const name = path.at(-1)
      if (name === 'name') form.setError('name', { message })
      else if (fields.some((field) => field.name === name)) form.setError(`credentials.${name}`, { message })
      else form.setError('root', { message })
    }
    if (issues.length === 0) form.setError('root', { message: messageOf(error) })
  }
  const submit = form.handleSubmit(async ({ name, credentials }) => {
    try {
      onDone(await store(name, { method: chosen, credentials: filled(fields, credentials) }))
    } catch (error) {
      refuse(error)
    }
  })
  return (
    <FormProvider {...form}>
      <form
        onSubmit={(event) => {
          // It may stand inside the wizard's own form.
          event.stopPropagation()
          void submit(event)
        }}
        noValidate
        className="grid gap-4"
      >
        {!existing && (
          <TextField
            label={words.connectionForm.connectionName}
            help={words.connectionForm.nameHelp}
            spellCheck={false}
            error={errors.name?.message}
            {...form.register('name')}
          />
        )}
        {methods.length > 1 && (
          <SelectField
            label={words.connectionForm.method}
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
          >
            {methods.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </SelectField>
        )}
        <p className="text-sm text-soft">{method?.help}</p>
        <GeneratedFields fields={fields} under="credentials" />
        <p className="text-sm text-soft">
          {isSubmitting
            ? words.connectionForm.testing(destination.connection.title)
            : words.connectionForm.testedFirst(destination.connection.title)}
        </p>
        {errors.root?.message !== undefined && (
          <Notice kind="bad" title={words.connectionForm.failed}>
            {errors.root.message}
          </Notice>
        )}
        <Actions>
          {onCancel && <Button onClick={onCancel}>{words.connectionForm.cancel}</Button>}
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {existing ? words.connectionForm.replaceCredential : words.connectionForm.createConnection}
          </Button>
        </Actions>
      </form>
    </FormProvider>
  )
}
