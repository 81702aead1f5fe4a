import { shownValue, type Values } from '../lib/form-fields.ts'
import type { FormField } from '../lib/types.ts'
import { useChoices } from './use-choices.ts'

interface Props {
  field: FormField
  values: Values
  connectionId: string
  destination: string
}

/** The value of a generated field as a person knows it: the account's own name for what was picked, with the id. */
export function ChosenValue({ field, values, connectionId, destination }: Props) {
  const value = values[field.name]
  const { data } = useChoices(field, { connectionId, destination, known: values })
  const choice = data?.find((each) => each.value === value)
  const text = shownValue(field, value)
  if (choice === undefined || choice.label === text) return <>{text}</>
  return (
    <>
      {choice.label} <span className="font-normal text-soft">{text}</span>
    </>
  )
}
