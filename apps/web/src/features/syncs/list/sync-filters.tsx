import { STATUS_WORDS } from '@keyferry/schemas/sync-status-words'
import { SearchField } from '../../../components/search-field.tsx'
import { control } from '../../../components/ui/field.tsx'
import { cn } from '../../../lib/cn.ts'
import { useSearch } from '../../../lib/lists/use-search.ts'
import type { Destination, SyncsSummary } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

export interface Filters {
  q?: string | undefined
  status?: string | undefined
  destination?: string | undefined
  environment?: string | undefined
}

interface Props {
  filters: Filters
  onChange: (filters: Filters) => void
  /** What the syncs of the project have. */
  summary: SyncsSummary
  destinations: readonly Destination[]
}

/** Search and three filters. They live in the URL. */
export function SyncFilters({ filters, onChange, summary, destinations }: Props) {
  const [text, setText] = useSearch(filters.q ?? '', (q) => onChange({ ...filters, q: q || undefined }))
  const used = destinations.filter(({ name }) => summary.destinations.includes(name))
  const select = (
    label: string,
    name: 'status' | 'destination' | 'environment',
    all: string,
    options: { value: string; label: string }[],
  ) => (
    <select
      aria-label={label}
      className={cn(control, 'h-9 w-auto max-w-full px-2 max-sm:flex-1 max-sm:basis-36')}
      value={filters[name] ?? ''}
      onChange={(event) => onChange({ ...filters, [name]: event.target.value || undefined })}
    >
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
  return (
    <div className="flex flex-wrap gap-2">
      <SearchField label={words.syncFilters.searchSyncs} value={text} onChange={setText} />
      {select(
        words.syncFilters.filterByStatus,
        'status',
        words.syncFilters.anyStatus,
        Object.entries(STATUS_WORDS).map(([value, label]) => ({ value, label })),
      )}
      {select(
        words.syncFilters.filterByDestination,
        'destination',
        words.syncFilters.anyDestination,
        used.map(({ name, title }) => ({ value: name, label: title })),
      )}
      {select(
        words.syncFilters.filterByEnvironment,
        'environment',
        words.syncFilters.anyEnvironment,
        summary.environments.map((slug) => ({ value: slug, label: slug })),
      )}
    </div>
  )
}
