import { inList } from '@keyferry/db'
import type { Context, WakeHint } from '@keyferry/kernel'
import type { Trigger } from './request-run.ts'

/** What somebody waits for in front of a screen. */
const MANUAL_TRIGGERS: readonly string[] = ['manual', 'approve', 'create', 'edit', 'remove'] satisfies Trigger[]

/** What the queue should know of these syncs: whose connection a run occupies, and whether a person waits for it. */
export async function wakeHints(ctx: Context, syncIds: readonly string[]): Promise<Map<string, WakeHint>> {
  const rows = await ctx.db
    .selectFrom('syncs')
    .where((eb) => inList(ctx.db, eb.ref('id'), syncIds))
    .select(['id', 'connectionId', 'trigger', 'seen', 'due'])
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      { group: row.connectionId, urgent: row.seen < row.due && MANUAL_TRIGGERS.includes(row.trigger) },
    ]),
  )
}
