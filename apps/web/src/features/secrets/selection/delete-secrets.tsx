import { Confirm } from '../../../components/confirm.tsx'
import { Failure } from '../../../components/failure.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { Skeleton } from '../../../components/ui/skeleton.tsx'
import { UsesList } from '../../../components/deletion/uses-list.tsx'
import { chunks } from '../../../lib/server/chunks.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { direct, trpc } from '../../../lib/server/trpc.ts'
import { offerUndo } from '../../../lib/server/undo.ts'
import type { FolderRef, Uses } from '../../../lib/server/types.ts'
import { useReaders } from '../../../lib/lists/use-readers.ts'
import { DeleteConsequence } from './delete-consequence.tsx'
import { words } from '../words.ts'

/** The most keys that are asked about one by one. */
const LOOK_AT = 20

interface Props {
  place: FolderRef
  keys: readonly string[]
  onDone?: () => void
  onClose: () => void
}

/**
 * Deletes secrets of a folder, after showing which references would stop resolving and which syncs remove them at their
 * targets.
 */
export function DeleteSecrets({ place, keys, onDone, onClose }: Props) {
  const readers = useReaders(place)
  const remove = trpc.secrets.deleteMany.useMutation()
  const looked = keys.slice(0, LOOK_AT)
  const found = trpc.useQueries((t) => looked.map((key) => t.tree.uses({ ...place, key }, { staleTime: 0 })))
  const failed = found.find(({ error }) => error !== null)
  const what = keys.length === 1 ? (keys[0] ?? '') : words.deleteSecrets.secrets(keys.length)
  const references = outside(
    place,
    keys,
    found.flatMap(({ data }) => data?.references ?? []),
  )
  const deleteAll = async () => {
    for (const some of chunks(keys)) await remove.mutateAsync({ ...place, secrets: some.map((key) => ({ key })) })
    onDone?.()
    offerUndo(words.deleteSecrets.deleted(what), undo)
    await markStale('secrets.deleteMany')
  }
  const undo = async () => {
    const taken: string[] = []
    try {
      for (const some of chunks(keys))
        taken.push(...(await direct.history.restoreSecrets.mutate({ ...place, keys: some })).taken)
    } finally {
      await markStale('history.restoreSecrets')
    }
    if (taken.length > 0) throw new Error(words.deleteSecrets.taken(taken))
    return words.deleteSecrets.restored(what)
  }
  return (
    <Confirm
      title={words.deleteSecrets.title(what)}
      label={keys.length === 1 ? words.deleteSecrets.deleteSecret : words.deleteSecrets.delete(what)}
      onConfirm={deleteAll}
      onClose={onClose}
    >
      {keys.length > 1 && <p className="max-h-40 overflow-y-auto font-mono text-sm wrap-anywhere">{keys.join(', ')}</p>}
      {readers ? <DeleteConsequence readers={readers} keys={keys.length} /> : <Skeleton className="w-64" />}
      {failed ? (
        <Failure what={words.usesDialog.unreadable} error={failed.error} retry={failed.refetch} />
      ) : found.some(({ isPending }) => isPending) ? (
        <Skeleton className="w-64" />
      ) : (
        references.length > 0 && (
          <Notice kind="warn" title={words.deleteSecrets.references(keys.length)}>
            <div className="grid gap-2">
              <p>{words.deleteSecrets.referencesText}</p>
              <UsesList projectId={place.projectId} uses={{ syncs: [], imports: [], references }} />
            </div>
          </Notice>
        )
      )}
      <p className="text-sm text-soft">{words.deleteSecrets.text(keys.length)}</p>
    </Confirm>
  )
}

/** Once each, and not those that go as well. */
function outside(place: FolderRef, keys: readonly string[], references: Uses['references']): Uses['references'] {
  const going = new Set(keys)
  const kept = references.filter(
    ({ environment, secretPath, key }) =>
      environment !== place.environment || secretPath !== place.secretPath || !going.has(key),
  )
  return [...new Map(kept.map((one) => [`${one.environment}:${one.secretPath} ${one.key}`, one])).values()]
}
