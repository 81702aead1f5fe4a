import { keepPreviousData } from '@tanstack/react-query'
import { useState, type ComponentProps } from 'react'
import { messageOf } from '../../lib/server/errors.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Destination } from '../../lib/server/types.ts'
import { useRested } from '../../lib/lists/use-rested.ts'
import { Combobox } from '../ui/combobox.tsx'
import { words } from '../words.ts'

/** The first of them are shown; the others are found by typing. */
const SHOWN = 30

type Props = Omit<ComponentProps<typeof Combobox>, 'options' | 'label' | 'placeholder' | 'busy' | 'onSearch'> & {
  projectId: string
  destination: Destination
}

/** Picks one of the connections that syncs of the project to a destination may use. The server searches them. */
export function ConnectionPicker({ projectId, destination, value, error, chosenLabel, ...rest }: Props) {
  const [typed, type] = useState('')
  const search = useRested(typed)
  const list = trpc.connections.page.useQuery(
    { projectId, destination: destination.name, search, limit: SHOWN },
    { placeholderData: keepPreviousData },
  )
  const options = (list.data?.connections ?? []).map(({ id, name, account }) => ({
    value: id,
    label: name,
    hint: account,
  }))
  const isUnlisted = value !== '' && list.data !== undefined && options.every((option) => option.value !== value)
  const chosen = trpc.connections.get.useQuery(
    { connectionId: value },
    { enabled: isUnlisted && chosenLabel === undefined },
  )
  return (
    <Combobox
      label={words.connectionPicker.label(destination.title)}
      error={list.error ? messageOf(list.error) : error}
      placeholder={list.data ? words.connectionPicker.placeholder : words.connectionPicker.loading}
      options={options}
      value={value}
      chosenLabel={chosenLabel ?? chosen.data?.name}
      busy={list.isFetching}
      onSearch={type}
      {...rest}
    />
  )
}
