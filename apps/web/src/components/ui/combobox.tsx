import { Command, defaultFilter } from 'cmdk'
import { Check, ChevronsUpDown } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useId, useState, type ComponentProps, type ReactNode, type Ref } from 'react'
import { cn } from '../../lib/cn.ts'
import { usePress } from '../../lib/focus/press.ts'
import { control, Field } from './field.tsx'
import { words } from './words.ts'

interface Option {
  value: string
  label: string
  hint?: string | null
  /** How far it is set in, for a tree. */
  depth?: number
}

interface Props extends Omit<ComponentProps<typeof Field>, 'children'> {
  options: readonly Option[]
  value: string
  onChange: (value: string) => void
  onBlur?: (() => void) | undefined
  ref?: Ref<HTMLButtonElement>
  /** Shown while nothing is chosen. */
  placeholder?: string | undefined
  busy?: boolean
  /** Of a list that is searched by the server: what was typed, whose matches then are the options. */
  onSearch?: (text: string) => void
  /** The label of the value, where it is none of the options. */
  chosenLabel?: string | undefined
  /** A text that no option has may be typed. */
  typed?: boolean
  /** In place of the list while there is none. */
  empty?: ReactNode
}

/** A list that is searched by typing, for more than a few options. */
export function Combobox({
  options,
  value,
  onChange,
  onBlur,
  ref,
  placeholder = words.combobox.choose,
  busy = false,
  onSearch,
  chosenLabel,
  typed = false,
  empty = words.combobox.noMatch,
  ...labelled
}: Props) {
  const list = useId()
  const [open, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const pressing = usePress('[cmdk-item]')
  const chosen = options.find((option) => option.value === value)
  const text = search.trim()
  const isNew = typed && text !== '' && !options.some((option) => option.value === text)
  const searchFor = (next: string) => {
    setSearch(next)
    onSearch?.(next)
  }
  const show = (next: boolean) => {
    setOpen(next)
    searchFor('')
    if (!next) onBlur?.()
  }
  const pick = (next: string) => {
    onChange(next)
    show(false)
  }
  return (
    <Popover.Root open={open} onOpenChange={show}>
      <Field {...labelled}>
        {(ids) => (
          <Popover.Trigger asChild>
            <button
              ref={ref}
              type="button"
              role="combobox"
              aria-expanded={open}
              aria-controls={list}
              aria-busy={busy || undefined}
              data-value={value}
              className={cn(control, 'flex h-9 items-center gap-2 px-3 text-left')}
              {...ids}
            >
              <span className={cn('min-w-0 flex-1 truncate', value === '' && 'text-soft')}>
                {chosen?.label ?? chosenLabel ?? (value || placeholder)}
                {chosen?.hint && <span className="text-soft"> · {chosen.hint}</span>}
              </span>
              <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-soft" />
            </button>
          </Popover.Trigger>
        )}
      </Field>
      <Popover.Portal>
        <Popover.Content
          id={list}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={labelled.label}
          className="z-50 w-(--radix-popover-trigger-width) min-w-56 overflow-hidden rounded-lg border border-line bg-surface shadow-float"
        >
          <Command
            label={labelled.label}
            defaultValue={value}
            shouldFilter={onSearch === undefined}
            // The typed text ranks last, so that Enter picks an option that matches it.
            filter={(each, ...rest) => (isNew && each === text ? Number.MIN_VALUE : defaultFilter(each, ...rest))}
          >
            <Command.Input
              autoFocus
              value={search}
              onValueChange={searchFor}
              placeholder={typed ? words.combobox.placeholder : words.combobox.search}
              className="w-full border-b border-line bg-transparent px-3 py-2 text-base outline-none"
            />
            <Command.List label={labelled.label} {...pressing} className="max-h-72 overflow-y-auto p-1">
              <Command.Empty className="px-3 py-4 text-sm text-soft">{empty}</Command.Empty>
              {options.map((option) => (
                <Command.Item
                  key={option.value}
                  value={option.value}
                  keywords={[option.label, option.hint ?? '']}
                  data-choice={option.value}
                  onSelect={() => pick(option.value)}
                  style={{ paddingLeft: `${0.625 + (option.depth ?? 0) * 0.875}rem` }}
                  className={item}
                >
                  <span className="min-w-0 flex-1 break-words">
                    {option.label}
                    {option.hint && <span className="text-soft"> · {option.hint}</span>}
                  </span>
                  {option.value === value && <Check aria-hidden className="mt-1 size-4 shrink-0 text-accent" />}
                </Command.Item>
              ))}
              {isNew && (
                <Command.Item value={text} data-choice={text} onSelect={() => pick(text)} className={item}>
                  {words.combobox.take(text)}
                </Command.Item>
              )}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

const item =
  'flex cursor-pointer items-start gap-2 rounded-md px-2.5 py-1.5 text-base select-none data-[selected=true]:bg-sunken'
