import { ChevronRight, Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { ConnectionForm } from '../../components/fields/connection-form.tsx'
import { ConnectionPicker } from '../../components/fields/connection-picker.tsx'
import { GeneratedFields } from '../../components/fields/generated-fields.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, Section } from '../../components/ui/card.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { Destination } from '../../lib/server/types.ts'
import type { Draft } from './draft.ts'
import { TestConnection } from './test-connection.tsx'
import { words } from './words.ts'

interface Props {
  projectId: string
  destination: Destination
}

/** The connection, created here if there is none yet, and the destination's own fields. */
export function TargetSection({ projectId, destination }: Props) {
  const { control, formState } = useFormContext<Draft>()
  const { field } = useController({ control, name: 'connectionId' })
  const [adding, setAdding] = useState(false)
  const first = trpc.connections.page.useQuery({ projectId, destination: destination.name, limit: 1 })
  const none = first.data?.total === 0
  const only = first.data?.total === 1 ? first.data.connections[0]?.id : undefined
  const { title } = destination

  useEffect(() => {
    if (field.value === '' && only !== undefined) field.onChange(only)
  }, [field, only])

  return (
    <Section title={words.targetSection.title} text={words.targetSection.text(title)}>
      <div className="grid gap-4">
        {adding || none ? (
          <Card className="p-4">
            <h3 className="mb-3 text-base font-semibold">{words.targetSection.newConnection}</h3>
            <ConnectionForm
              projectId={projectId}
              destination={destination}
              onCancel={none ? undefined : () => setAdding(false)}
              onDone={({ id }) => {
                field.onChange(id)
                setAdding(false)
              }}
            />
          </Card>
        ) : (
          <div className="grid gap-2">
            <ConnectionPicker
              projectId={projectId}
              destination={destination}
              help={words.targetSection.connectionHelp(title)}
              error={formState.errors.connectionId?.message}
              {...field}
            />
            <div className="flex flex-wrap items-center gap-2">
              <Button size="sm" onClick={() => setAdding(true)}>
                <Plus aria-hidden className="size-3.5" /> {words.targetSection.addConnection}
              </Button>
              {field.value !== '' && <TestConnection key={field.value} connectionId={field.value} />}
            </div>
          </div>
        )}
        <GeneratedFields
          fields={destination.target.fields}
          under="target"
          asked={{ connectionId: field.value, destination: destination.name, known: {} }}
        />
        {destination.keyRules.length > 0 && (
          <details className="group rounded-lg border border-line bg-surface text-sm">
            <summary className="flex list-none items-center gap-2 rounded-lg px-3 py-2 font-medium">
              <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
              {words.targetSection.limits(title)}
            </summary>
            <ul className="list-disc space-y-1 pr-3 pb-2 pl-9 text-soft">
              {destination.keyRules.map((rule) => (
                <li key={rule}>{rule}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </Section>
  )
}
