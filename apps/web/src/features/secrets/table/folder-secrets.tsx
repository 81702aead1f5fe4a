import { useCallback, useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { Empty } from '../../../components/pages/page.tsx'
import { Skeleton, SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { useSearch } from '../../../lib/lists/use-search.ts'
import { toast } from '../../../lib/toast.ts'
import type { FolderRef, Project, SecretRow } from '../../../lib/server/types.ts'
import { SecretsBar } from './secrets-bar.tsx'
import { SecretsTable } from './secrets-table.tsx'
import { editedId } from '../values/edited.ts'
import { useWithEdited } from '../values/with-edited.ts'
import { isFound, useFoundSecrets } from './use-found-secrets.ts'
import { words } from '../words.ts'

const AddSecret = onDemand(
  async () => (await import('./add-secret.tsx')).AddSecret,
  <Skeleton className="h-23 rounded-lg md:h-12.5" />,
)
const PastedLines = onDemand(async () => (await import('../../paste/pasted-lines.tsx')).PastedLines)

/** What the address says of the page: the search, the key whose versions are open, and that of the new secret. */
export interface View {
  q?: string | undefined
  history?: string | undefined
  add?: string | undefined
}

interface Props {
  place: FolderRef
  environments: Project['environments']
  /** Undefined until they are known. */
  rows: readonly SecretRow[] | undefined
  isWritable: boolean
  search: string
  /** The form for a new secret is open, with this key, which may be blank. */
  adding: string | undefined
  /** Changes the address. The same function at every rendering. */
  onView: (view: View) => void
  /** Lines that were pasted or dropped, until they are saved or closed. */
  pasted: string | undefined
  onPasted: (content: string | undefined) => void
}

/** The secrets of a folder, with what searches them and adds to them. */
export function FolderSecrets({
  place,
  environments,
  rows,
  isWritable,
  search,
  adding,
  onView,
  pasted,
  onPasted,
}: Props) {
  const openHistory = useCallback((key: string) => onView({ history: key }), [onView])
  const override = useCallback((key: string) => onView({ add: key }), [onView])
  const [wanted, setWanted] = useSearch(search, (q) => onView({ q: q || undefined }))
  const found = useFoundSecrets(rows, wanted)
  const shown = useWithEdited(
    found,
    useCallback(({ key }: SecretRow) => [editedId(place, key)], [place]),
  )
  const showAdded = (keys: readonly string[]) => {
    const hidden = keys.filter((key) => !isFound(key, wanted))
    if (hidden.length > 0)
      toast.success(words.folderSecrets.hidden(hidden), {
        label: words.folderSecrets.clearSearch,
        onClick: () => setWanted(''),
      })
  }
  const isEmpty = rows?.length === 0
  // The form of an empty folder stays for the next secret, and for what is typed while somebody else adds one, until it
  // is closed.
  const [isOffered, setOffered] = useState<boolean>()
  if (isEmpty && isOffered === undefined) setOffered(true)
  const isAdding = adding !== undefined || isOffered === true
  const stopAdding = () => {
    setOffered(false)
    onView({ add: undefined })
  }
  return (
    <div className="grid grid-cols-1 gap-2">
      <SecretsBar
        place={place}
        environments={environments}
        wanted={wanted}
        onSearch={setWanted}
        rows={rows}
        found={found.length}
        isAdding={isAdding}
        onAdd={() => onView({ add: '' })}
      />
      {pasted !== undefined && (
        <PastedLines place={place} content={pasted} onAdded={showAdded} onClose={() => onPasted(undefined)} />
      )}
      {isWritable && isAdding && pasted === undefined && (
        <AddSecret
          key={adding ?? ''}
          place={place}
          initialKey={adding ?? ''}
          onLines={onPasted}
          onAdded={(key) => showAdded([key])}
          onClose={stopAdding}
        />
      )}
      {rows === undefined ? (
        <SkeletonRows label={words.folderSecrets.loading} rows={8} />
      ) : shown.length > 0 ? (
        <SecretsTable place={place} rows={shown} onHistory={openHistory} onOverride={override} />
      ) : isEmpty ? (
        <Empty title={words.folderSecrets.empty}>
          {isWritable ? words.folderSecrets.emptyText : words.folderSecrets.emptyReadOnly}
        </Empty>
      ) : (
        <p className="py-6 text-center text-base text-soft">{words.folderSecrets.noMatch(wanted)}</p>
      )}
    </div>
  )
}
