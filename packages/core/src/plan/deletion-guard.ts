/** The fuse: plans that would take away too much wait for a person. Pure. */
import type { Deletions } from '@keyferry/schemas'
import type { ObservedKey, Plan } from './plan.ts'

const LARGE = 10
const SHARE = 0.3

/**
 * Why `plan` must be approved before it runs, or null. It blows when the target would be left empty, or when more than
 * 30 % of ten or more keys that this sync may touch would be deleted. `followsImport`: at any delete, because the first
 * run after an import would delete what could not be imported. `overwrites`: it was agreed that keys are deleted which
 * the sync did not write. Those that it wrote, in a run that could not fill the target, count as ever.
 */
export function deletionGuard(
  plan: Plan,
  observed: readonly ObservedKey[],
  covers: (key: string) => boolean,
  { followsImport = false, overwrites = false } = {},
): Deletions | null {
  const { delete: all, create } = plan.summary
  // An old name is not lost when the same secret is there under its new one: `applyPlan` sees to that order.
  const gone = plan.changes.filter((change) => change.action === 'delete')
  const deletes = gone.filter(({ renamedTo, takesOver }) => renamedTo === null && !(overwrites && takesOver)).length
  if (deletes === 0) return null
  if (followsImport) return { deletes, of: null, unimported: true }
  if (observed.length - all + create === 0) {
    return { deletes, of: null }
  }
  const going = new Set(gone.map((change) => change.key))
  const touchable = observed.filter(
    (entry) => entry.notManaged === undefined && (covers(entry.key) || going.has(entry.key)),
  ).length
  if (touchable >= LARGE && deletes / touchable > SHARE) {
    return { deletes, of: touchable }
  }
  return null
}
