import { useMemo } from 'react'
import { trpc } from '../server/trpc.ts'
import type { BriefSync, FolderRef } from '../server/types.ts'

/**
 * The syncs that read a folder, directly or through imports and references: each of them is reached by a change or a
 * deletion in it. Undefined until they are known.
 */
export function useReaders(place: FolderRef): readonly BriefSync[] | undefined {
  const { projectId } = place
  const { data: readers } = trpc.tree.readers.useQuery(place)
  const { data: syncs } = trpc.syncs.briefs.useQuery({ projectId })
  return useMemo(() => {
    const ids = readers && new Set(readers.map(({ id }) => id))
    return ids && syncs?.filter(({ id }) => ids.has(id))
  }, [readers, syncs])
}
