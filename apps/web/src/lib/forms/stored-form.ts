import { useForm, type FieldValues, type Resolver } from 'react-hook-form'
import { useUnsaved } from './unsaved.ts'

const KEEP_TYPED = { keepDirtyValues: true, keepErrors: true }

/**
 * A form over what is stored and others can change meanwhile. A field that nobody typed into shows what is stored by
 * then; one that was typed into keeps its text, and only that is saved. Leaving the page asks until it is.
 *
 * @returns the form; whether something is typed; what to save of a checked input; and what says that it is saved, where
 *   the form stays open
 */
export function useStoredForm<Stored extends FieldValues, Checked extends FieldValues>(
  stored: Stored,
  resolver?: Resolver<Stored, unknown, Checked>,
) {
  const form = useForm({ resolver, values: stored, resetOptions: KEEP_TYPED })
  const { dirtyFields, isSubmitting } = form.formState
  const isTyped = Object.keys(dirtyFields).length > 0
  useUnsaved(isTyped && !isSubmitting)
  return {
    ...form,
    isTyped,
    typedOf: <Input extends Partial<Checked>>(input: Input): Partial<Input> => {
      const typed: Partial<Input> = {}
      for (const name in input) if (name in dirtyFields) typed[name] = input[name]
      return typed
    },
    markSaved: () => form.reset(form.getValues(), { keepDirtyValues: false }),
  }
}
