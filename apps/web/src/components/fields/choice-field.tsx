import { useEffect } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { messageOf } from '../../lib/server/errors.ts'
import type { FormField } from '../../lib/server/types.ts'
import { Button } from '../ui/button.tsx'
import { Combobox } from '../ui/combobox.tsx'
import { useChoices, type Asked } from './use-choices.ts'
import { words } from '../words.ts'

interface Props {
  field: FormField
  name: string
  /** The field of the form that keeps the name of what is picked. */
  labelName: string | undefined
  asked: Asked
  error: string | undefined
}

/** Up to so many options are buttons as well: one click instead of two. */
const MAX_BUTTONS = 6

/**
 * A text that is searched in what the account offers, and can be typed: some accounts may use what they may not list.
 * An account that cannot be asked is an error, never an empty list. The only option is taken.
 */
export function ChoiceField({ field, name, labelName, asked, error }: Props) {
  const { control, setValue } = useFormContext()
  const { value: held, onChange, onBlur, ref } = useController({ control, name }).field
  const { data, error: refused, isFetching, missing, refetch } = useChoices(field, asked)
  const value = String(held ?? '')
  const options = data ?? []
  const buttons = options.length > 1 && options.length <= MAX_BUTTONS ? options : []
  const only = options.length === 1 && field.required ? options[0] : undefined

  const pick = (next: string) => {
    const label = options.find((choice) => choice.value === next)?.label
    onChange(next)
    if (labelName !== undefined) setValue(labelName, label ?? '', { shouldDirty: true })
  }
  useEffect(() => {
    if (value === '' && only !== undefined) pick(only.value)
  })

  return (
    <div className="grid gap-2">
      <Combobox
        label={field.label}
        help={helpOf(field, { missing, isFetching, value, data })}
        optional={!field.required}
        error={refused ? words.choiceField.unreadable(messageOf(refused)) : error}
        options={options}
        value={value}
        onChange={pick}
        onBlur={onBlur}
        ref={ref}
        busy={isFetching}
        typed
        empty={isFetching ? words.choiceField.loading : words.choiceField.empty}
      />
      {buttons.length > 0 && (
        <div role="group" aria-label={words.choiceField.optionsNamed(field.label)} className="flex flex-wrap gap-1.5">
          {buttons.map((choice) => (
            <Button
              key={choice.value}
              size="sm"
              aria-pressed={choice.value === value}
              data-choice={choice.value}
              className="max-w-full aria-pressed:border-accent aria-pressed:bg-accent-tint"
              onClick={() => pick(choice.value)}
            >
              <span className="truncate">{choice.label}</span>
            </Button>
          ))}
        </div>
      )}
      {refused && (
        <Button size="sm" className="w-fit" busy={isFetching} onClick={() => void refetch()}>
          {words.choiceField.tryAgain}
        </Button>
      )}
    </div>
  )
}

function helpOf(
  { help }: FormField,
  state: { missing: boolean; isFetching: boolean; value: string; data: readonly { value: string }[] | undefined },
): string | undefined {
  if (state.isFetching) return words.choiceField.loading
  if (state.missing || state.data === undefined) return help ?? undefined
  if (state.data.length === 0) return words.choiceField.none
  const isListed = state.value === '' || state.data.some(({ value }) => value === state.value)
  return isListed ? (help ?? undefined) : words.choiceField.unlisted
}
