/** The secrets whose value is being typed: their rows stay when somebody else deletes or renames them meanwhile. */
import { useEffect } from 'react'
import { createStore } from '../../../lib/store.ts'
import type { FolderRef } from '../../../lib/server/types.ts'

export const edited = createStore<ReadonlySet<string>>(new Set())

export const editedId = ({ projectId, environment, secretPath }: FolderRef, key: string): string =>
  [projectId, environment, secretPath, key].join('\n')

/** Marks a secret as one whose value is being typed. */
export function useEdited(place: FolderRef, key: string, isTyped: boolean): void {
  const id = editedId(place, key)
  useEffect(() => {
    if (!isTyped) return
    edited.set(new Set([...edited.get(), id]))
    return () => edited.set(new Set([...edited.get()].filter((each) => each !== id)))
  }, [id, isTyped])
}
