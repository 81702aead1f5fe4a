import { ABOUT, AUDIT_ACTIONS } from '@keyferry/schemas/audit'
import { useState } from 'react'
import { SearchField } from '../../components/search-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { control } from '../../components/ui/field.tsx'
import { cn } from '../../lib/cn.ts'
import { isFiltered, SINCE, type Filters } from './filters.ts'

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
        aria-label="Filter by who"
        className={select}
        value={filters.actor ?? ''}
        onChange={(event) => set({ actor: event.target.value || undefined })}
      >
        <option value="">All people</option>
        {actors.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label="Filter by what"
        className={select}
        value={filters.what ?? ''}
        onChange={(event) => set({ what: event.target.value || undefined })}
      >
        <option value="">All changes</option>
        <option value="all">All events, reads included</option>
        {Object.entries(ABOUT).map(([about, label]) => (
          <optgroup key={about} label={label}>
            <option value={about}>{label}: all</option>
            {Object.entries(AUDIT_ACTIONS).map(
              ([action, words]) =>
                words.about === about && (
                  <option key={action} value={action}>
                    {words.label}
                  </option>
                ),
            )}
          </optgroup>
        ))}
      </select>
      <select
        aria-label="Filter by environment"
        className={select}
        value={filters.environment ?? ''}
        onChange={(event) => set({ environment: event.target.value || undefined })}
      >
        <option value="">Any environment</option>
        {environments.map((slug) => (
          <option key={slug} value={slug}>
            {slug}
          </option>
        ))}
      </select>
      <select
        aria-label="Filter by when"
        className={select}
        value={filters.since ?? ''}
        onChange={(event) => set({ since: event.target.value || undefined, from: undefined, to: undefined })}
      >
        <option value="">Any time</option>
        {Object.entries(SINCE).map(([since, { label }]) => (
          <option key={since} value={since}>
            {label}
          </option>
        ))}
        <option value="custom">Between two days…</option>
      </select>
      {filters.since === 'custom' && (
        <>
          <Day label="First day" value={filters.from} onChange={(from) => set({ from })} />
          <Day label="Last day" value={filters.to} onChange={(to) => set({ to })} />
        </>
      )}
      {instance && (
        <select
          aria-label="Filter by scope"
          className={select}
          value={filters.scope ?? ''}
          onChange={(event) => set({ scope: event.target.value || undefined })}
        >
          <option value="">This project</option>
          <option value="instance">Whole instance</option>
        </select>
      )}
      {isFiltered(filters) && (
        <Button variant="ghost" onClick={() => onChange({ scope: filters.scope })}>
          Clear filters
        </Button>
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
      label="Search activity"
      placeholder="Key, path, name…"
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
