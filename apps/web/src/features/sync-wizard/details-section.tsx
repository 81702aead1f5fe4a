import { useEffect } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { Section } from '../../components/ui/card.tsx'
import { TextAreaField, TextField } from '../../components/ui/field.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { Destination } from '../../lib/server/types.ts'
import type { Draft } from './draft.ts'
import { suggestedName } from './suggested-name.ts'
import { words } from './words.ts'

/** Name and description. The name follows the target until a person types one. */
export function DetailsSection({ projectId, destination }: { projectId: string; destination: Destination }) {
  const { register, setValue, control, formState } = useFormContext<Draft>()
  const draft = useWatch({ control, compute: (values) => values })
  const { data: syncs } = trpc.syncs.briefs.useQuery({ projectId })
  const suggestion = suggestedName(draft, destination, new Set(syncs?.map(({ name }) => name)))
  const { errors } = formState

  useEffect(() => {
    if (!draft.isNameTyped && draft.name !== suggestion) setValue('name', suggestion)
  }, [draft.isNameTyped, draft.name, suggestion, setValue])

  return (
    <Section title={words.detailsSection.title}>
      <div className="grid gap-4">
        <TextField
          label={words.detailsSection.name}
          help={words.detailsSection.nameHelp}
          spellCheck={false}
          error={errors.name?.message}
          {...register('name', { onChange: () => setValue('isNameTyped', true) })}
        />
        <TextAreaField
          label={words.detailsSection.description}
          optional
          error={errors.description?.message}
          {...register('description')}
        />
      </div>
    </Section>
  )
}
