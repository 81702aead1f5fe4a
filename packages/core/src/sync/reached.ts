/**
 * Which folders the results of a sync say something about. What a run reports of a key is a comparison of the value now
 * with the value before, so both count: the folders that show through the source now, and those that did when the
 * present contents of the target were written. Results are shown only to those who can read the names in all of them.
 */
import { reachableFolderIds } from '@keyferry/access'
import type { Context } from '@keyferry/kernel'
import type { Reached } from '@keyferry/vault'
import type { StoredOptions } from './options.ts'
import type { DueSync } from './due.ts'

/** Of a sync that has written nothing. */
export const NOTHING_REACHED = JSON.stringify({ now: [], before: [] } satisfies Reached)

/** At the start of a run: the sync with the folders that the run may say something about, stored when they changed. */
export async function noteReached(ctx: Context, sync: DueSync): Promise<DueSync> {
  const now = (await reachableFolderIds(ctx.db, sync.folderId)).toSorted()
  const reached = JSON.stringify({ now, before: before(sync).toSorted() })
  // A store of an older version: what was written before is not known until everything is written once.
  if (reached === sync.reached || (sync.reached === null && sync.applied !== sync.seen)) return sync
  await ctx.db.updateTable('syncs').set({ reached }).where('id', '=', sync.id).execute()
  return { ...sync, reached }
}

function before(sync: DueSync): string[] {
  if (sync.reached === null) return []
  const stored: Reached = JSON.parse(sync.reached)
  const { deletionPolicy }: StoredOptions = JSON.parse(sync.options)
  // Everything at the target is as the last run left it, unless keys of an earlier source may stay there.
  const converged = sync.applied === sync.seen && deletionPolicy !== 'none'
  return converged ? [...stored.now] : [...new Set([...stored.now, ...stored.before])]
}
