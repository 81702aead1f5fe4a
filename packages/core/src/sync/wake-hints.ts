import { inList, keptQuery, type Slot } from '@keyferry/db'
import type { Context, WakeHint } from '@keyferry/kernel'
import type { Trigger } from './request-run.ts'

/** What somebody waits for in front of a screen. */
const MANUAL_TRIGGERS: readonly string[] = ['manual', 'approve', 'create', 'edit', 'remove'] satisfies Trigger[]

/** What the queue should know of these syncs: whose connection a run occupies, and whether a person waits for it. */
export async function wakeHints(ctx: Context, syncIds: readonly string[]): Promise<Map<string, WakeHint>> {
  return new Map(
    (await hintRows(ctx.db, { syncIds })).map((row) => [
      row.id,
      { group: row.connectionId, urgent: row.seen < row.due && MANUAL_TRIGGERS.includes(row.trigger) },
    ]),
  )
}

const hintRows = keptQuery((db, slot: Slot<{ syncIds: readonly string[] }>) =>
  db
    .selectFrom('syncs')
    .where((eb) => inList(db, eb.ref('id'), slot('syncIds')))
    .select(['id', 'connectionId', 'trigger', 'seen', 'due']),
)
