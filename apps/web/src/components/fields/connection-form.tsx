import { zodResolver } from '@hookform/resolvers/zod'
import { connectionName } from '@keyferry/schemas'
import { useState } from 'react'
import { FormProvider, useForm } from 'react-hook-form'
import { z } from 'zod'
import { issuesOf, messageOf } from '../../lib/server/errors.ts'
import { defaultsOf, filled } from '../../lib/forms/form-fields.ts'
import { schemaOf } from '../../lib/forms/form-rules.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection, Destination } from '../../lib/server/types.ts'
import { GeneratedFields } from './generated-fields.tsx'
import { Button } from '../ui/button.tsx'
import { Actions } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { words } from '../words.ts'

interface Props {
  /** The project it is created in; undefined: at the instance. It is for all projects when its creator may do that. */
  projectId: string | undefined
  destination: Destination
  /** When set, only the credential of this one is replaced. */
  existing?: Connection
  onDone: (connection: Connection) => void
  onCancel?: () => void
}

/** Makes a connection, or replaces the credential of one. The server tests it at the vendor before it stores it. */
export function ConnectionForm({ projectId, destination, existing, onDone, onCancel }: Props) {
  const create = trpc.connections.create.useMutation()
  const update = trpc.connections.update.useMutation()
  const forAll = useWhyNot(projectId ?? '')('connections.manage', { kind: 'organization' }) === undefined
  const { methods } = destination.connection
  const [chosen, setChosen] = useState(existing?.method ?? methods[0]?.name ?? '')
  const method = methods.find(({ name }) => name === chosen)
  const fields = method?.fields ?? []
  const form = useForm({
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
    const sent = filled(fields, credentials)
    try {
      const connection = existing
        ? await update.mutateAsync({
            destination: existing.destination,
            connectionId: existing.id,
            method: chosen,
            credentials: sent,
          })
        : await create.mutateAsync({
            destination: destination.connection.app,
            name,
            method: chosen,
            credentials: sent,
            projectId: forAll ? null : (projectId ?? null),
          })
      await markStale(existing ? 'connections.update' : 'connections.create')
      onDone(connection)
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
