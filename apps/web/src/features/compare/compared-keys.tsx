import { useCallback, useDeferredValue, useMemo } from 'react'
import { Empty } from '../../components/pages/page.tsx'
import type { Matrix, MatrixRow } from '../../lib/server/types.ts'
import { editedId } from '../secrets/values/edited.ts'
import { useWithEdited } from '../secrets/values/with-edited.ts'
import { isSame } from './is-same.ts'
import { MatrixTable } from './matrix-table.tsx'
import { words } from './words.ts'

interface Props {
  projectId: string
  matrix: Matrix
  /** Text that is searched for in the keys. */
  wanted: string
  isOnlyDifferences: boolean
}

/** The keys of a folder that are searched for, and those in which something is typed. */
export function ComparedKeys({ projectId, matrix: { environments, rows }, wanted, isOnlyDifferences }: Props) {
  const text = useDeferredValue(wanted.trim().toLowerCase())
  const found = useMemo(
    () => rows.filter((row) => row.key.toLowerCase().includes(text) && (!isOnlyDifferences || !isSame(row))),
    [rows, text, isOnlyDifferences],
  )
  const idsOf = useCallback(
    ({ key, secretPath }: MatrixRow) =>
      environments.map((environment) => editedId({ projectId, environment, secretPath }, key)),
    [projectId, environments],
  )
  const shown = useWithEdited(found, idsOf)
  if (shown.length > 0) return <MatrixTable projectId={projectId} environments={environments} rows={shown} />
  if (rows.length === 0) return <Empty title={words.comparePage.empty}>{words.comparePage.emptyText}</Empty>
  return (
    <Empty title={words.comparePage.noMatch}>
      {isOnlyDifferences && text === '' ? words.comparePage.allEqual : words.comparePage.noMatchText}
    </Empty>
  )
}
