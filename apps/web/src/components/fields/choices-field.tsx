import { useController, useFormContext } from 'react-hook-form'
import { messageOf } from '../../lib/server/errors.ts'
import type { FormField } from '../../lib/server/types.ts'
import { LinesField } from './lines-field.tsx'
import { Checkbox } from '../ui/checkbox.tsx'
import { useChoices, type Asked } from './use-choices.ts'
import { words } from '../words.ts'

interface Props {
  field: FormField
  name: string
  asked: Asked
  error: string | undefined
}

/** Several of what the account offers; lines to type while it offers nothing. */
export function ChoicesField({ field, name, asked, error }: Props) {
  const { control } = useFormContext()
  const { field: input } = useController({ control, name })
  const { data, error: refused } = useChoices(field, asked)
  const chosen: string[] = Array.isArray(input.value) ? input.value.map(String) : []

  if (!data || data.length === 0) {
    return (
      <LinesField
        kind="list"
        name={name}
        label={field.label}
        help={field.help ?? undefined}
        error={refused ? words.choicesField.unreadable(messageOf(refused)) : error}
        optional={!field.required}
      />
    )
  }
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 text-sm font-medium text-ink">{field.label}</legend>
      <ul className="grid max-h-56 gap-1 overflow-y-auto rounded-md border border-edge p-2">
        {data.map(({ value, label, hint }) => (
          <li key={value} className="flex items-center gap-2 text-base">
            <Checkbox
              label={label}
              checked={chosen.includes(value)}
              onChange={(isOn) => input.onChange(isOn ? [...chosen, value] : chosen.filter((each) => each !== value))}
            />
            {hint === null ? label : `${label} · ${hint}`}
          </li>
        ))}
      </ul>
      {field.help !== null && <p className="text-sm text-soft">{field.help}</p>}
      {error !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </fieldset>
  )
}
