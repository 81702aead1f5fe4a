/** The secrets that somebody is at work on: their rows stay when somebody else deletes or renames them meanwhile. */
import { useEffect } from 'react'
import { createStore } from '../../../lib/store.ts'
import type { FolderRef } from '../../../lib/server/types.ts'

export const edited = createStore<ReadonlySet<string>>(new Set())

export const editedId = ({ projectId, environment, secretPath }: FolderRef, key: string): string =>
  [projectId, environment, secretPath, key].join('\n')

/** No key has it. */
const BETWEEN = '\0'

/** Marks secrets of a folder as those that the calling component changes, in what is typed or chosen there. */
export function useEdited(place: FolderRef, keys: readonly string[], isEdited = true): void {
  const joined = keys.map((key) => editedId(place, key)).join(BETWEEN)
  useEffect(() => {
    if (!isEdited) return
    const ids = new Set(joined.split(BETWEEN))
    edited.set(new Set([...edited.get(), ...ids]))
    return () => edited.set(new Set([...edited.get()].filter((each) => !ids.has(each))))
  }, [joined, isEdited])
}
