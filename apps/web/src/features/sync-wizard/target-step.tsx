import { Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { ConnectionForm } from '../../components/connection-form.tsx'
import { GeneratedFields } from '../../components/generated-fields.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'
import { StepForm } from './step-form.tsx'
import { TestConnection } from './test-connection.tsx'

interface Props {
  projectId: string
  destination: Destination
  onSubmit: () => void
}

/** The connection, made here if there is none yet, and the destination's own fields. */
export function TargetStep({ projectId, destination, onSubmit }: Props) {
  const { control, formState } = useFormContext<Draft>()
  const { field } = useController({ control, name: 'connectionId' })
  const [adding, setAdding] = useState(false)
  /** The form gave way to the picker, which then takes the focus that was in it. */
  const [left, setLeft] = useState(false)
  const connections = trpc.connections.list.useQuery({ destination: destination.name })
  const none = connections.data?.length === 0
  const only = connections.data?.length === 1 ? connections.data[0]?.id : undefined

  useEffect(() => {
    if (field.value === '' && only !== undefined) field.onChange(only)
  }, [field, only])

  const leave = () => {
    setAdding(false)
    setLeft(true)
  }
  const label = `${destination.title} connection`

  return (
    <>
      <p className="text-base text-soft">Choose the account and destination.</p>
      {connections.error && <Notice kind="bad">{messageOf(connections.error)}</Notice>}
      {adding || none ? (
        <Card className="p-4">
          <h2 className="mb-3 text-base font-semibold">New connection</h2>
          <ConnectionForm
            projectId={projectId}
            destination={destination}
            onCancel={none ? undefined : leave}
            onDone={({ id }) => {
              field.onChange(id)
              leave()
            }}
          />
        </Card>
      ) : (
        <div className="grid gap-2">
          <SelectField label={label} autoFocus={left} error={formState.errors.connectionId?.message} {...field}>
            <option value="">{connections.data ? 'Choose…' : 'Loading…'}</option>
            {connections.data?.map(({ id, name, account }) => (
              <option key={id} value={id}>
                {account === null ? name : `${name} · ${account}`}
              </option>
            ))}
          </SelectField>
          <div className="flex flex-wrap items-center gap-2">
            <Button size="sm" onClick={() => setAdding(true)}>
              <Plus aria-hidden className="size-3.5" /> Add connection
            </Button>
            {field.value !== '' && <TestConnection key={field.value} connectionId={field.value} />}
          </div>
        </div>
      )}
      <StepForm onSubmit={onSubmit}>
        {(adding || none) && formState.errors.connectionId && (
          <Notice kind="bad">Create the connection first, or choose an existing one.</Notice>
        )}
        <GeneratedFields
          fields={destination.target.fields}
          under="target"
          asked={{ connectionId: field.value, destination: destination.name, known: {} }}
        />
        {destination.keyRules.length > 0 && (
          <details className="rounded-lg border border-line bg-surface px-3 py-2 text-sm">
            <summary className="font-medium">What {destination.title} can hold</summary>
            <ul className="mt-2 list-disc space-y-1 pl-5 text-soft">
              {destination.keyRules.map((rule) => (
                <li key={rule}>{rule}</li>
              ))}
            </ul>
          </details>
        )}
      </StepForm>
    </>
  )
}
