import { useEffect } from 'react'
import { useFormContext } from 'react-hook-form'
import { TextAreaField, TextField } from '../../components/ui/field.tsx'
import type { Destination } from '../../lib/types.ts'
import { slugify } from '../../lib/words.ts'
import type { Draft } from './draft.ts'
import { StepForm } from './step-form.tsx'

export function DetailsStep({ destination, onSubmit }: { destination: Destination; onSubmit: () => void }) {
  const { register, getValues, setValue, formState } = useFormContext<Draft>()
  const { errors } = formState

  useEffect(() => {
    const { name, environment, secretPath } = getValues()
    if (name === '') setValue('name', slugify(`${destination.name} ${environment} ${secretPath}`))
  }, [destination.name, getValues, setValue])

  return (
    <StepForm onSubmit={onSubmit}>
      <TextField
        label="Name"
        help="Lowercase letters, numbers and hyphens."
        spellCheck={false}
        error={errors.name?.message}
        {...register('name')}
      />
      <TextAreaField label="Description" optional error={errors.description?.message} {...register('description')} />
    </StepForm>
  )
}
