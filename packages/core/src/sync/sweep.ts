/** Which syncs are due. The queue may forget; these queries do not. */
import type { SyncTable } from '@keyferry/db'
import { sql, type Selectable } from 'kysely'
import type { Context } from '../context.ts'

export type DueSync = Selectable<SyncTable>

/**
 * Ids of every sync that wants a run now (behind what was asked for, and not waiting out a back-off), then of those whose target is
 * to be looked at for drift.
 */
export async function dueSyncs(ctx: Context): Promise<string[]> {
  const runs = await due(ctx).select('id').orderBy('behindSince').limit(1000).execute()
  const checks = await dueChecks(ctx).select('id').orderBy('nextCheckAt').limit(1000).execute()
  return [...runs, ...checks].map((row) => row.id)
}

/** The sync, if it is due. */
export function loadDue(ctx: Context, syncId: string): Promise<DueSync | undefined> {
  return due(ctx).where('id', '=', syncId).selectAll().executeTakeFirst()
}

/** The sync, if its target is to be looked at for drift now. */
export function loadDueCheck(ctx: Context, syncId: string): Promise<DueSync | undefined> {
  return dueChecks(ctx).where('id', '=', syncId).selectAll().executeTakeFirst()
}

/** Other syncs that wait for the same target. */
export async function dueOnTarget(ctx: Context, targetKey: string, except: string): Promise<string[]> {
  const rows = await due(ctx).where('targetKey', '=', targetKey).where('id', '!=', except).select('id').execute()
  return rows.map((row) => row.id)
}

function due(ctx: Context) {
  return ctx.db
    .selectFrom('syncs')
    .where(sql.ref('seen'), '<', sql.ref('due'))
    .where((eb) => eb.or([eb('retryAt', 'is', null), eb('retryAt', '<=', ctx.now().toISOString())]))
}

/** A sync that waits for a run is not looked at: the run looks. Nor is one that has filled nothing yet, or takes it back. */
function dueChecks(ctx: Context) {
  return ctx.db
    .selectFrom('syncs')
    .where('nextCheckAt', '<=', ctx.now().toISOString())
    .where(sql.ref('seen'), '>=', sql.ref('due'))
    .where('applied', '>', 0)
    .where('removal', 'is', null)
}
