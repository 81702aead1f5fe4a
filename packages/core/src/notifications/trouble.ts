/** Trouble outside of runs, which would otherwise only show on the sync's page. */
import { DAY_MS, timestamp, type Context, type Tx } from '@keyferry/kernel'
import { NAMED_KEYS, type SyncMessage } from '@keyferry/schemas'
import type { DueSync } from '../sync/due.ts'
import { enqueue, type Told } from './outbox.ts'

const NO_RUN: Told['run'] = { id: '', state: '', counts: null }
/** Tries of a cleanup, about ten minutes of them, before an alert, unless only a person can help. */
const ATTEMPTS_BEFORE_ALERT = 8

/**
 * Repairs of drift have just stopped, because something else writes there too. Once each time: a person has to start
 * them again.
 */
export async function noteRepairsStopped(ctx: Context, tx: Tx, sync: DueSync, message: SyncMessage): Promise<void> {
  const told = { type: 'sync.repairs-stopped', reason: message, run: NO_RUN } as const
  await enqueue(ctx, tx, sync, told, timestamp(ctx))
}

/** Drift was found that is not repaired, or what was found before is gone. Once each time that this changes. */
export async function noteDrift(ctx: Context, tx: Tx, sync: DueSync, keys: readonly string[]): Promise<void> {
  const isDrifted = keys.length > 0
  if (isDrifted === (sync.drift !== null)) return
  const reason = isDrifted
    ? ({ code: 'drifted', keys: keys.slice(0, NAMED_KEYS), count: keys.length } as const)
    : ({ code: 'in-sync' } as const)
  const type = isDrifted ? 'sync.drifted' : 'sync.recovered'
  await enqueue(ctx, tx, sync, { type, reason, run: NO_RUN }, timestamp(ctx))
}

/**
 * Keys could not leave an old place, again (`tries`), or need a person for it. Told once a day for as long as that
 * lasts.
 */
export async function noteStuckMove(
  ctx: Context,
  tx: Tx,
  sync: DueSync,
  { message, tries, needsPerson }: { message: SyncMessage; tries: number; needsPerson: boolean },
): Promise<void> {
  if (tries < ATTEMPTS_BEFORE_ALERT && !needsPerson) return
  const type = 'sync.move-stuck'
  const now = timestamp(ctx)
  const before = await tx.selectFrom('syncHealth').where('syncId', '=', sync.id).select('noticed').executeTakeFirst()
  const noticed = new Map<string, string>(Object.entries(JSON.parse(before?.noticed ?? '{}')))
  const last = noticed.get(type)
  if (last !== undefined && Date.parse(now) - Date.parse(last) < DAY_MS) return
  await enqueue(ctx, tx, sync, { type, reason: message, run: NO_RUN }, now)
  noticed.set(type, now)
  const told = { noticed: JSON.stringify(Object.fromEntries(noticed)) }
  await tx
    .insertInto('syncHealth')
    .values({ syncId: sync.id, state: 'succeeded', toldAt: null, ...told })
    .onConflict((conflict) => conflict.column('syncId').doUpdateSet(told))
    .execute()
}
