import type { Context } from '@keyferry/kernel'
import type { StatusReason } from '@keyferry/schemas'
import { isOutOfReach, namerOf, reachedOf } from '@keyferry/vault'
import type { SyncRow } from '../sync/row.ts'

/** A sync without what its results say of folders that the caller may not know. */
export async function hideResults(ctx: Context, row: SyncRow): Promise<SyncRow> {
  if (!namerOf(ctx, row.projectId)) return row
  const stored = await ctx.db.selectFrom('syncs').where('id', '=', row.id).select('reached').executeTakeFirst()
  const reached = stored ? reachedOf(stored) : null
  if (!(await isOutOfReach(ctx, row.projectId, { reached, source: row.folderId }))) return row
  return {
    ...row,
    reason: row.reason && withoutDetails(row.reason),
    excludedKeys: [],
    message: null,
    importMessage: null,
    removeMessage: null,
    blocked: row.blocked && { ...row.blocked, message: UNSEEN, keys: [], planHash: null },
    leaving: row.leaving && { ...row.leaving, keys: 0, message: UNSEEN },
    drift: row.drift && { ...row.drift, count: 0, message: null },
    lastRun: row.lastRun && { ...row.lastRun, counts: null },
    outOfReach: true,
  }
}

const UNSEEN = 'The details concern folders that you can’t read.'

/** The reason without names and sums. */
function withoutDetails(reason: StatusReason): StatusReason {
  switch (reason.code) {
    case 'keys-not-written':
      return { ...reason, failed: 0, rejected: 0, named: [] }
    case 'drifted':
      return { ...reason, keys: 0 }
    case 'repairs-stopped':
    case 'source-incomplete':
    case 'approval-needed':
    case 'move-failed':
      return { ...reason, keys: 0, message: UNSEEN }
    case 'retrying':
    case 'failed':
    case 'credential-rejected':
    case 'access-lost':
    case 'removal-failed':
      return { ...reason, message: UNSEEN }
    default:
      return reason
  }
}
