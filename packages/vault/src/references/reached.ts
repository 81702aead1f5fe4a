/** Whether somebody may know the folders that the results of a sync say something about. */
import { placesOf, reachableFolderIds } from '@keyferry/access'
import type { Context } from '@keyferry/kernel'
import { namerOf } from './out-of-reach.ts'

/** As the column keeps it: folder ids. */
export interface Reached {
  now: readonly string[]
  before: readonly string[]
}

/** As a run keeps it; null: not known. */
export function reachedOf({ reached }: { reached: string | null }): string | null {
  if (reached === null) return null
  const { now, before }: Reached = JSON.parse(reached)
  return JSON.stringify([...new Set([...now, ...before])])
}

/**
 * Whether the caller may not know all folders that results say something about. `reached`: of a run, or of the sync
 * (`reachedOf`); `source`: the folder that the sync reads now.
 */
export async function isOutOfReach(
  ctx: Context,
  projectId: string,
  { reached, source }: { reached: string | null; source: string | null },
): Promise<boolean> {
  const names = namerOf(ctx, projectId)
  if (!names) return false
  if (reached === null) return true
  const kept: string[] = JSON.parse(reached)
  const ids = new Set([...kept, ...(source === null ? [] : await reachableFolderIds(ctx.db, source))])
  const places = await placesOf(ctx.db, [...ids])
  return places.length < ids.size || !places.every(names)
}
