import { useMemo, useState } from 'react'
import type { FolderRef, SecretRow } from '../../../lib/server/types.ts'
import { useStore } from '../../../lib/store.ts'
import { edited, editedId } from '../values/edited.ts'

/** The rows of a folder, and those that it had before and in which something is typed that would be gone with them. */
export function useWithEdited(place: FolderRef, rows: readonly SecretRow[]): readonly SecretRow[] {
  const ids = useStore(edited)
  const [last, setLast] = useState({ rows, shown: rows })
  const shown = useMemo(() => {
    if (ids.size === 0) return rows
    const present = new Set(rows.map(({ key }) => key))
    return [...rows, ...last.shown.filter(({ key }) => !present.has(key) && ids.has(editedId(place, key)))]
  }, [place, rows, ids, last])
  if (last.rows !== rows) setLast({ rows, shown })
  return shown
}
