import { FoundCount } from '../../components/rows/found-count.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
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
    <div className="flex flex-wrap items-end gap-3">
      <TextField
        label={words.trashFilters.search}
        type="search"
        className="w-full sm:w-64"
        value={filters.q ?? ''}
        onChange={(event) => onChange({ q: event.target.value || undefined })}
      />
      <SelectField
        label={words.trashFilters.environment}
        className="w-full sm:w-48"
        value={filters.environment ?? ''}
        onChange={(event) => onChange({ environment: event.target.value || undefined })}
      >
        <option value="">{words.trashFilters.all}</option>
        {environments.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </SelectField>
      <FoundCount
        isNarrowed={filters.q !== undefined || filters.environment !== undefined}
        className="py-2 text-sm text-soft"
      >
        {words.trashFilters.items(shown)}
      </FoundCount>
    </div>
  )
}
