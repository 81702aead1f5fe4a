import { inList } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { StatusReason } from '@keyferry/schemas'
import { areOutOfReach, namerOf, reachedOf } from '@keyferry/vault'
import type { SyncRow } from '../sync/row.ts'

/** A sync without what its results say of folders that the caller may not know. */
export async function hideResults(ctx: Context, row: SyncRow): Promise<SyncRow> {
  return (await hideResultsOf(ctx, row.projectId, [row]))[0] ?? hidden(row)
}

/** The same for syncs of one project: as many statements for four hundred as for one. */
export async function hideResultsOf(ctx: Context, projectId: string, rows: readonly SyncRow[]): Promise<SyncRow[]> {
  if (!namerOf(ctx, projectId)) return [...rows]
  const stored = await ctx.db
    .selectFrom('syncs')
    .where((eb) =>
      inList(
        ctx.db,
        eb.ref('id'),
        rows.map(({ id }) => id),
      ),
    )
    .select(['id', 'reached'])
    .execute()
  const reached = new Map(stored.map((sync) => [sync.id, reachedOf(sync)]))
  const beyond = await areOutOfReach(
    ctx,
    projectId,
    rows.map(({ id, folderId }) => ({ reached: reached.get(id) ?? null, source: folderId })),
  )
  return rows.map((row, index) => (beyond[index] === false ? row : hidden(row)))
}

function hidden(row: SyncRow): SyncRow {
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
