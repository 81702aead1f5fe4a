import { useMemo, useState } from 'react'
import { useStore } from '../../../lib/store.ts'
import { edited } from './edited.ts'

/**
 * The rows of a list, and those that it had before and in which something is typed or chosen that would be gone with
 * them.
 *
 * @param idsOf the secrets of a row, as `editedId` names them; the same function at every rendering
 */
export function useWithEdited<Row>(rows: readonly Row[], idsOf: (row: Row) => readonly string[]): readonly Row[] {
  const ids = useStore(edited)
  const [last, setLast] = useState({ rows, shown: rows })
  const shown = useMemo(() => {
    if (ids.size === 0) return rows
    const present = new Set(rows.flatMap(idsOf))
    const isGone = (id: string): boolean => ids.has(id) && !present.has(id)
    return [...rows, ...last.shown.filter((row) => idsOf(row).some(isGone))]
  }, [idsOf, rows, ids, last])
  if (last.rows !== rows) setLast({ rows, shown })
  return shown
}
