import { ChevronsUpDown } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useId, useState, type ComponentProps, type ReactNode, type Ref } from 'react'
import { cn } from '../../lib/cn.ts'
import { ComboboxList, type Option } from './combobox-list.tsx'
import { control, Field } from './field.tsx'
import { words } from './words.ts'

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
  const chosen = options.find((option) => option.value === value)
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
          <ComboboxList
            label={labelled.label}
            options={options}
            value={value}
            search={search}
            onSearch={searchFor}
            isFiltered={onSearch === undefined}
            typed={typed}
            empty={empty}
            onPick={pick}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
