import { useMemo } from 'react'
import { trpc } from './trpc.ts'
import type { FolderRef, Sync } from './types.ts'

/**
 * The syncs that read a folder, directly or through imports and references: each of them is reached by a change or a
 * deletion in it. None until they are known.
 */
export function useReaders(place: FolderRef, enabled = true): readonly Sync[] {
  const { projectId } = place
  const { data: readers } = trpc.tree.readers.useQuery(place, { enabled })
  const { data: syncs } = trpc.syncs.list.useQuery({ projectId })
  return useMemo(() => {
    const ids = new Set(readers?.map(({ id }) => id))
    return syncs?.filter(({ id }) => ids.has(id)) ?? []
  }, [readers, syncs])
}
