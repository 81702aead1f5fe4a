import { useForm, type FieldValues, type UseFormProps } from 'react-hook-form'
import { useUnsaved } from './unsaved.ts'

/**
 * A form for what is not stored yet. Leaving the page asks while something is typed. Reset it where it stays on the
 * page once that is stored.
 */
export function useNewForm<Typed extends FieldValues, Checked>(props: UseFormProps<Typed, unknown, Checked>) {
  const form = useForm(props)
  const { isDirty, isSubmitting } = form.formState
  useUnsaved(isDirty && !isSubmitting)
  return form
}
