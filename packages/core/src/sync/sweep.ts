/** Which syncs are due. The queue may forget; these queries do not. */
import type { SyncTable } from '@keyferry/db'
import { sql, type Selectable } from 'kysely'
import type { Context } from '../context.ts'

export type DueSync = Selectable<SyncTable>

/** Ids of every sync that wants a run now: behind what was asked for, and not waiting out a back-off. */
export async function dueSyncs(ctx: Context): Promise<string[]> {
  const rows = await due(ctx).select('id').orderBy('behindSince').limit(1000).execute()
  return rows.map((row) => row.id)
}

/** The sync, if it is due. */
export function loadDue(ctx: Context, syncId: string): Promise<DueSync | undefined> {
  return due(ctx).where('id', '=', syncId).selectAll().executeTakeFirst()
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
