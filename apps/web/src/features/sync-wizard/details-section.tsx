import { useEffect } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { Section } from '../../components/ui/card.tsx'
import { TextAreaField, TextField } from '../../components/ui/field.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'
import { suggestedName } from './suggested-name.ts'

/** Name and description. The name follows the target until a person types one. */
export function DetailsSection({ projectId, destination }: { projectId: string; destination: Destination }) {
  const { register, setValue, control, formState } = useFormContext<Draft>()
  const draft = useWatch({ control, compute: (values) => values })
  const { data: syncs } = trpc.syncs.list.useQuery({ projectId })
  const suggestion = suggestedName(draft, destination, new Set(syncs?.map(({ name }) => name)))
  const { errors } = formState

  useEffect(() => {
    if (!draft.isNameTyped && draft.name !== suggestion) setValue('name', suggestion)
  }, [draft.isNameTyped, draft.name, suggestion, setValue])

  return (
    <Section title="Details">
      <div className="grid gap-4">
        <TextField
          label="Name"
          help="Lowercase letters, numbers and hyphens."
          spellCheck={false}
          error={errors.name?.message}
          {...register('name', { onChange: () => setValue('isNameTyped', true) })}
        />
        <TextAreaField label="Description" optional error={errors.description?.message} {...register('description')} />
      </div>
    </Section>
  )
}
