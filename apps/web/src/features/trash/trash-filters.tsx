import { FoundCount } from '../../components/rows/found-count.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { control } from '../../components/ui/field.tsx'
import { cn } from '../../lib/cn.ts'
import type { Project } from '../../lib/server/types.ts'
import { words } from './words.ts'

export interface Filters {
  environment?: string | undefined
  q?: string | undefined
}

interface Props {
  filters: Filters
  environments: Project['environments']
  /** How many items match. */
  shown: number
  onChange: (changed: Filters) => void
}

/** Narrows the trash to an environment, and to a name or path. */
export function TrashFilters({ filters, environments, shown, onChange }: Props) {
  return (
    <div className="flex flex-wrap gap-2">
      <SearchField
        label={words.trashFilters.search}
        value={filters.q ?? ''}
        onChange={(text) => onChange({ q: text || undefined })}
      />
      <select
        aria-label={words.trashFilters.environment}
        className={cn(control, 'h-9 w-auto max-w-full px-2 max-sm:flex-1')}
        value={filters.environment ?? ''}
        onChange={(event) => onChange({ environment: event.target.value || undefined })}
      >
        <option value="">{words.trashFilters.all}</option>
        {environments.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </select>
      <FoundCount
        isNarrowed={filters.q !== undefined || filters.environment !== undefined}
        className="py-2 text-sm text-soft"
      >
        {words.trashFilters.items(shown)}
      </FoundCount>
    </div>
  )
}
