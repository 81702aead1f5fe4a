import { useEffect } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { messageOf } from '../lib/errors.ts'
import { trpc } from '../lib/trpc.ts'
import type { Values } from '../lib/form-fields.ts'
import type { FormField } from '../lib/types.ts'
import { Button } from './ui/button.tsx'
import { SelectField } from './ui/field.tsx'

interface Props {
  field: FormField
  name: string
  known: Values
  connectionId: string
  error: string | undefined
}

/** A select filled by what the account offers. An account that cannot be asked is an error, never an empty list. */
export function ChoiceField({ field, name, known, connectionId, error }: Props) {
  const { control } = useFormContext()
  const { field: input } = useController({ control, name })
  const value = String(input.value ?? '')
  const needed = field.dependsOn.map((each) => [each, String(known[each] ?? '')] as const)
  const missing = connectionId === '' || needed.some(([, text]) => text === '')
  const choices = trpc.connections.choices.useQuery(
    { connectionId, list: field.choices ?? field.name, known: Object.fromEntries(needed) },
    { enabled: !missing, staleTime: 60_000, retry: false },
  )
  const gone = choices.data !== undefined && value !== '' && !choices.data.some((choice) => choice.value === value)

  // What was picked before another account or project was chosen is not there any more.
  useEffect(() => {
    if (gone) input.onChange('')
  }, [gone, input])

  const first = missing
    ? 'Select a project first'
    : choices.isPending
      ? 'Asking the account…'
      : choices.data?.length === 0
        ? 'The account has none'
        : field.required
          ? 'Choose…'
          : 'None'
  return (
    <div className="grid gap-2">
      <SelectField
        label={field.label}
        help={field.help ?? undefined}
        optional={!field.required}
        error={choices.error ? `The list could not be read: ${messageOf(choices.error)}` : missing ? undefined : error}
        disabled={missing || !choices.data}
        aria-busy={choices.isFetching}
        {...input}
        value={value}
      >
        <option value="">{first}</option>
        {choices.data?.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.hint === null ? choice.label : `${choice.label} · ${choice.hint}`}
          </option>
        ))}
        {!choices.data && value !== '' && <option value={value}>{value}</option>}
      </SelectField>
      {choices.error && (
        <Button size="sm" className="w-fit" busy={choices.isFetching} onClick={() => void choices.refetch()}>
          Ask again
        </Button>
      )}
    </div>
  )
}
