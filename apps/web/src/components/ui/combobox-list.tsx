import { Command, defaultFilter } from 'cmdk'
import { Check } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { usePress } from '../../lib/focus/press.ts'
import { firstOption, nameSelected } from './name-selected.ts'
import { NoMatches } from './no-matches.tsx'
import { words } from './words.ts'

export interface Option {
  value: string
  label: string
  hint?: string | null
  /** How far it is set in, for a tree. */
  depth?: number
}

interface Props {
  label: string
  options: readonly Option[]
  /** Of the option that is chosen now. */
  value: string
  search: string
  onSearch: (text: string) => void
  /** The options are those of the whole list, of which the search leaves some. */
  isFiltered: boolean
  /** A text that no option has may be typed. */
  typed: boolean
  empty: ReactNode
  onPick: (value: string) => void
}

const ITEM =
  'flex cursor-pointer items-start gap-2 rounded-md px-2.5 py-1.5 text-base select-none data-[selected=true]:bg-sunken'

/** What a combobox opens: the field that searches its options, and the options. */
export function ComboboxList({ label, options, value, search, onSearch, isFiltered, typed, empty, onPick }: Props) {
  const [selected, setSelected] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const pressing = usePress('[cmdk-item]')
  const text = search.trim()
  const isNew = typed && text !== '' && !options.some((option) => option.value === text)
  // Options that the server found may be without the one that was selected: Enter would pick nothing.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (!nameSelected(field, list)) setSelected(firstOption(list) ?? '')
    })
    return () => cancelAnimationFrame(frame)
  }, [options, search, selected])
  return (
    <Command
      label={label}
      value={selected}
      onValueChange={setSelected}
      shouldFilter={isFiltered}
      // The typed text ranks last, so that Enter picks an option that matches it.
      filter={(each, ...rest) => (isNew && each === text ? Number.MIN_VALUE : defaultFilter(each, ...rest))}
    >
      <Command.Input
        ref={field}
        autoFocus
        value={search}
        onValueChange={onSearch}
        placeholder={typed ? words.combobox.placeholder : words.combobox.search}
        className="w-full border-b border-line bg-transparent px-3 py-2 text-base outline-none"
      />
      <NoMatches className="px-4 pt-4 pb-3 text-sm text-soft">{empty}</NoMatches>
      <Command.List ref={list} label={label} {...pressing} className="max-h-72 overflow-y-auto p-1">
        {options.map((option) => (
          <Command.Item
            key={option.value}
            value={option.value}
            keywords={[option.label, option.hint ?? '']}
            data-choice={option.value}
            onSelect={() => onPick(option.value)}
            style={{ paddingLeft: `${0.625 + (option.depth ?? 0) * 0.875}rem` }}
            className={ITEM}
          >
            <span className="min-w-0 flex-1 break-words">
              {option.label}
              {option.hint && <span className="text-soft"> · {option.hint}</span>}
            </span>
            {option.value === value && <Check aria-hidden className="mt-1 size-4 shrink-0 text-accent" />}
          </Command.Item>
        ))}
        {isNew && (
          <Command.Item value={text} data-choice={text} onSelect={() => onPick(text)} className={ITEM}>
            {words.combobox.take(text)}
          </Command.Item>
        )}
      </Command.List>
    </Command>
  )
}
