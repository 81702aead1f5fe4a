import { Plus } from 'lucide-react'
import { FoundCount } from '../../../components/rows/found-count.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { Shortcut } from '../../../components/shortcut.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { inFolder, useWhyNot } from '../../../lib/session/rights.ts'
import type { FolderRef, Project, SecretRow } from '../../../lib/server/types.ts'
import { FolderActions } from '../folders/folder-actions.tsx'
import { FolderTree } from '../folders/folder-tree.tsx'
import { ImportsChip } from '../folders/imports-chip.tsx'
import { words } from '../words.ts'

interface Props {
  place: FolderRef
  environments: Project['environments']
  /** What is typed. */
  wanted: string
  onSearch: (wanted: string) => void
  /** Of the folder; undefined until they are known. */
  rows: readonly SecretRow[] | undefined
  /** How many of them the search finds. */
  found: number
  isAdding: boolean
  onAdd: () => void
}

/** Above the table of secrets. Two lines on a phone, where the menu of the folder has what is rarely used. */
export function SecretsBar({ place, environments, wanted, onSearch, rows, found, isAdding, onAdd }: Props) {
  const isWritable = useWhyNot(place.projectId)('secrets.write', inFolder(place)) === undefined
  const isNarrowed = wanted.trim() !== ''
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-2">
      <div className="flex w-full gap-2 sm:contents">
        <FolderTree place={place} />
        <SearchField label={words.secretsBar.search} value={wanted} onChange={onSearch} />
      </div>
      <ImportsChip place={place} environments={environments} />
      {rows && (
        <FoundCount isNarrowed={isNarrowed} className="text-sm text-soft">
          {isNarrowed ? words.secretsBar.found(found, rows.length) : words.secretsBar.secrets(rows.length)}
        </FoundCount>
      )}
      <div className="ml-auto flex flex-wrap gap-2">
        <FolderActions place={place} isEmpty={rows?.length === 0} />
        {isWritable && (
          <Button variant="primary" data-shortcut="n" aria-expanded={isAdding} onClick={onAdd}>
            <Plus aria-hidden className="size-4" /> {words.secretsBar.newSecret} <Shortcut name="N" />
          </Button>
        )}
      </div>
    </div>
  )
}
