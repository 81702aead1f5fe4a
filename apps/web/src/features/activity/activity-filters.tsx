import { ABOUT, AUDIT_ACTIONS } from '@keyferry/schemas/audit'
import { FilterX } from 'lucide-react'
import { useState } from 'react'
import { SearchField } from '../../components/search-field.tsx'
import { control } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { cn } from '../../lib/cn.ts'
import { isFiltered, SINCE, type Filters } from './filters.ts'
import { words } from './words.ts'

interface Props {
  filters: Filters
  onChange: (filters: Filters) => void
  actors: readonly string[]
  environments: readonly string[]
  /** Whether the whole instance may be shown. */
  instance: boolean
}

const select = cn(control, 'h-9 w-auto min-w-0 px-2 max-sm:flex-1 max-sm:basis-32 sm:max-w-44')

/** Who, what, where and when. They live in the URL. */
export function ActivityFilters({ filters, onChange, actors, environments, instance }: Props) {
  const set = (change: Filters) => onChange({ ...filters, open: undefined, ...change })
  return (
    <div className="flex flex-wrap gap-2">
      <TextFilter value={filters.q ?? ''} onChange={(q) => set({ q: q || undefined })} />
      <select
        aria-label={words.activityFilters.who}
        className={select}
        value={filters.actor ?? ''}
        onChange={(event) => set({ actor: event.target.value || undefined })}
      >
        <option value="">{words.activityFilters.allPeople}</option>
        {actors.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={words.activityFilters.what}
        className={select}
        value={filters.what ?? ''}
        onChange={(event) => set({ what: event.target.value || undefined })}
      >
        <option value="">{words.activityFilters.allChanges}</option>
        <option value="all">{words.activityFilters.allEvents}</option>
        {Object.entries(ABOUT).map(([about, label]) => (
          <optgroup key={about} label={label}>
            <option value={about}>{words.activityFilters.allOf(label)}</option>
            {Object.entries(AUDIT_ACTIONS).map(
              ([action, said]) =>
                said.about === about && (
                  <option key={action} value={action}>
                    {said.label}
                  </option>
                ),
            )}
          </optgroup>
        ))}
      </select>
      <select
        aria-label={words.activityFilters.environment}
        className={select}
        value={filters.environment ?? ''}
        onChange={(event) => set({ environment: event.target.value || undefined })}
      >
        <option value="">{words.activityFilters.anyEnvironment}</option>
        {environments.map((slug) => (
          <option key={slug} value={slug}>
            {slug}
          </option>
        ))}
      </select>
      <select
        aria-label={words.activityFilters.when}
        className={select}
        value={filters.since ?? ''}
        onChange={(event) => set({ since: event.target.value || undefined, from: undefined, to: undefined })}
      >
        <option value="">{words.activityFilters.anyTime}</option>
        {Object.entries(SINCE).map(([since, { label }]) => (
          <option key={since} value={since}>
            {label}
          </option>
        ))}
        <option value="custom">{words.activityFilters.between}</option>
      </select>
      {filters.since === 'custom' && (
        <>
          <Day label={words.activityFilters.firstDay} value={filters.from} onChange={(from) => set({ from })} />
          <Day label={words.activityFilters.lastDay} value={filters.to} onChange={(to) => set({ to })} />
        </>
      )}
      {instance && (
        <select
          aria-label={words.activityFilters.scope}
          className={select}
          value={filters.scope ?? ''}
          onChange={(event) => set({ scope: event.target.value || undefined })}
        >
          <option value="">{words.activityFilters.thisProject}</option>
          <option value="instance">{words.activityFilters.wholeInstance}</option>
        </select>
      )}
      {isFiltered(filters) && (
        <IconButton
          icon={FilterX}
          label={words.activityFilters.clear}
          className="size-9"
          onClick={() => onChange({ scope: filters.scope })}
        />
      )}
    </div>
  )
}

function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useState(value)
  const [before, setBefore] = useState(value)
  // Back, forward and "Clear filters" change the URL under the field.
  if (value !== before) {
    setBefore(value)
    if (value !== text.trim()) setText(value)
  }
  return (
    <SearchField
      label={words.activityFilters.search}
      placeholder={words.activityFilters.placeholder}
      value={text}
      onChange={(next) => {
        setText(next)
        onChange(next.trim())
      }}
    />
  )
}

const Day = ({
  label,
  value,
  onChange,
}: {
  label: string
  value: string | undefined
  onChange: (day: string | undefined) => void
}) => (
  <input
    type="date"
    aria-label={label}
    className={cn(control, 'h-9 w-auto px-2 max-sm:flex-1 max-sm:basis-32')}
    value={value ?? ''}
    onChange={(event) => onChange(event.target.value || undefined)}
  />
)
