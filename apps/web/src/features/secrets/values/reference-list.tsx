import type { Completion } from './reference-completion.ts'
import { words } from '../words.ts'

interface Props {
  /** Of the field that it completes. */
  id: string
  completions: readonly Completion[]
  /** Index of the one that Enter takes. */
  active: number
  onChoose: (completion: Completion) => void
}

export const listId = (field: string): string => `${field}-list`
export const optionId = (field: string, index: number): string => `${field}-${index}`

/** The references that complete what is typed, below the field, which keeps the focus. */
export const ReferenceList = ({ id, completions, active, onChoose }: Props) => (
  <div
    id={listId(id)}
    role="listbox"
    aria-label={words.valueField.references}
    className="absolute top-full left-0 z-30 mt-1 w-full min-w-64 overflow-hidden rounded-lg border border-line bg-surface p-1 shadow-float"
  >
    {completions.map((each, index) => (
      <div
        key={each.reference}
        id={optionId(id, index)}
        role="option"
        tabIndex={-1}
        aria-selected={index === active}
        className="flex cursor-pointer items-center gap-2 rounded-md px-2 py-1 aria-selected:bg-sunken"
        // Before the field loses the focus.
        onMouseDown={(event) => {
          event.preventDefault()
          onChoose(each)
        }}
      >
        <span className="truncate font-mono text-sm">{each.key}</span>
        {each.at !== null && <span className="ml-auto truncate font-mono text-xs text-soft">{each.at}</span>}
      </div>
    ))}
  </div>
)
