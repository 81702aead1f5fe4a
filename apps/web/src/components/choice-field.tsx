import { useId } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { messageOf } from '../lib/errors.ts'
import type { FormField } from '../lib/types.ts'
import { Button } from './ui/button.tsx'
import { TextField } from './ui/field.tsx'
import { useChoices, type Asked } from './use-choices.ts'

interface Props {
  field: FormField
  name: string
  asked: Asked
  error: string | undefined
}

/**
 * A text that is searched in what the account offers, and can be typed: some accounts may use what they may not list.
 * An account that cannot be asked is an error, never an empty list.
 */
export function ChoiceField({ field, name, asked, error }: Props) {
  const { control } = useFormContext()
  const { field: input } = useController({ control, name })
  const list = useId()
  const { data, error: refused, isFetching, missing, refetch } = useChoices(field, asked)
  const value = String(input.value ?? '')
  const chosen = data?.find((choice) => choice.value === value)

  return (
    <div className="grid gap-2">
      <TextField
        label={field.label}
        help={chosen === undefined ? helpOf(field, { missing, isFetching, value, data }) : hinted(chosen)}
        optional={!field.required}
        error={refused ? `The list could not be read: ${messageOf(refused)}` : error}
        placeholder={field.placeholder ?? undefined}
        spellCheck={false}
        list={list}
        aria-busy={isFetching}
        {...input}
        value={value}
      />
      <datalist id={list}>
        {data?.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {hinted(choice)}
          </option>
        ))}
      </datalist>
      {refused && (
        <Button size="sm" className="w-fit" busy={isFetching} onClick={() => void refetch()}>
          Ask again
        </Button>
      )}
    </div>
  )
}

const hinted = ({ label, hint }: { label: string; hint: string | null }): string =>
  hint === null ? label : `${label} · ${hint}`

function helpOf(
  { help }: FormField,
  state: { missing: boolean; isFetching: boolean; value: string; data: readonly unknown[] | undefined },
): string | undefined {
  if (state.missing) return help ?? undefined
  if (state.isFetching) return 'Asking the account…'
  if (state.data?.length === 0) return 'The account lists none; type it.'
  if (state.data && state.value !== '') return 'The account does not list this one.'
  return help ?? undefined
}
