import { shownValue, type Values } from '../lib/form-fields.ts'
import { trpc } from '../lib/trpc.ts'
import type { FormField } from '../lib/types.ts'

interface Props {
  field: FormField
  values: Values
  connectionId: string
}

/** The value of a generated field as a person knows it: the account's own name for what was picked, with the id. */
export function ChosenValue({ field, values, connectionId }: Props) {
  const value = values[field.name]
  const known = Object.fromEntries(field.dependsOn.map((each) => [each, String(values[each] ?? '')]))
  const { data } = trpc.connections.choices.useQuery(
    { connectionId, list: field.choices ?? field.name, known },
    {
      enabled:
        field.kind === 'choice' &&
        connectionId !== '' &&
        Boolean(value) &&
        Object.values(known).every((each) => each !== ''),
      staleTime: 60_000,
      retry: false,
    },
  )
  const choice = data?.find((each) => each.value === value)
  const text = shownValue(field, value)
  if (choice === undefined || choice.label === text) return <>{text}</>
  return (
    <>
      {choice.label} <span className="font-normal text-soft">{text}</span>
    </>
  )
}
