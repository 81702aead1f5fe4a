/**
 * Notifications are written in the transaction that ends their run, so none is lost and none is about something that
 * was rolled back. They wait in an outbox until they arrived.
 */
import { batchLoader, inList, keptQuery, type Slot } from '@keyferry/db'
import { backOffWindow, isBackOffOver, timestamp, type Context, type Tx } from '@keyferry/kernel'
import type { SyncMessage } from '@keyferry/schemas'
import type { DueSync } from '../sync/due.ts'
import { enqueue, type NoticeBody, type Told } from './outbox.ts'
import { dropHeldBackEvents } from './sync-events.ts'

export interface RunEnd {
  runId: string
  state: 'succeeded' | 'partial' | 'failed' | 'blocked'
  message: SyncMessage | null
  counts: NoticeBody['run']['counts']
}

/** Milliseconds for which the same trouble of a sync is not reported again. */
const QUIET_MS = 60 * 60_000

/**
 * Notes how a sync fares. When that changed, a notification is sent to every target of its project and of the instance:
 * `sync.failed`, `sync.partial`, `sync.blocked`, and `sync.recovered` if the trouble had been reported. The same
 * trouble within an hour is held back until the hour is over, and forgotten when it is over before that.
 */
export async function noteHealth(ctx: Context, tx: Tx, sync: DueSync, end: RunEnd): Promise<void> {
  const before = await health(tx, sync.id)
  const now = timestamp(ctx)
  const trouble = troubleOf(end)
  if ((before?.state ?? 'succeeded') === trouble) {
    if (end.state === 'succeeded' && sync.drift !== null && !(await isDrifted(tx, sync.id)))
      await enqueue(ctx, tx, sync, toldOf(end), now)
    return
  }
  const noticed = new Map<string, string>(Object.entries(JSON.parse(before?.noticed ?? '{}')))
  let toldAt = before?.toldAt ?? null

  if (before && toldAt !== null && toldAt > now) {
    // What was held back is no longer so.
    await tx
      .deleteFrom('notices')
      .where('syncId', '=', sync.id)
      .where('attempts', '=', 0)
      .where('sendAt', '>', now)
      .execute()
    await dropHeldBackEvents(ctx, tx, sync.id)
    noticed.set(before.state, minus(toldAt, QUIET_MS))
    toldAt = null
  }
  if (end.state === 'succeeded') {
    if (toldAt !== null) await enqueue(ctx, tx, sync, toldOf(end), now)
    toldAt = null
  } else {
    const last = noticed.get(trouble)
    const quietUntil = last === undefined ? null : minus(last, -QUIET_MS)
    // What is held back counts from when it is to be sent, an hour at most from now, unless the clock was set back.
    const sendAt = quietUntil === null || isBackOffOver(quietUntil, backOffWindow(ctx, 2 * QUIET_MS)) ? now : quietUntil
    await enqueue(ctx, tx, sync, toldOf(end), sendAt)
    noticed.set(trouble, sendAt)
    toldAt ??= sendAt
  }
  const row = { state: trouble, noticed: JSON.stringify(Object.fromEntries(noticed)), toldAt }
  await tx
    .insertInto('syncHealth')
    .values({ syncId: sync.id, ...row })
    .onConflict((conflict) => conflict.column('syncId').doUpdateSet(row))
    .execute()
}

/** Waiting for an approval is another trouble than a source that can't be sent. */
const troubleOf = ({ state, message }: RunEnd): string => (message?.code === 'approval-needed' ? 'approval' : state)

const health = batchLoader(async (tx: Tx, syncIds: readonly string[]) => {
  const bySync = new Map((await healthRows(tx, { syncIds })).map((row) => [row.syncId, row]))
  return (syncId) => bySync.get(syncId)
})

const healthRows = keptQuery((db, slot: Slot<{ syncIds: readonly string[] }>) =>
  db
    .selectFrom('syncHealth')
    .where((eb) => inList(db, eb.ref('syncId'), slot('syncIds')))
    .selectAll(),
)

const isDrifted = async (tx: Tx, syncId: string): Promise<boolean> =>
  (await tx.selectFrom('syncs').where('id', '=', syncId).select('drift').executeTakeFirst())?.drift !== null

const toldOf = ({ runId, state, message, counts }: RunEnd): Told => ({
  type: state === 'succeeded' ? 'sync.recovered' : `sync.${state}`,
  reason: message ?? (state === 'succeeded' ? { code: 'in-sync' } : null),
  run: { id: runId, state, counts },
})

const minus = (time: string, milliseconds: number): string => new Date(Date.parse(time) - milliseconds).toISOString()
