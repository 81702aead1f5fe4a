/**
 * The history's row of a run. It is written when the run may change something at the vendor, or when it ends without.
 */
import {
  batchWriter,
  chunks,
  insertRows,
  keptQuery,
  type OutcomeTable,
  type RunTable,
  type Selectable,
  type Slot,
} from '@keyferry/db'
import { timestamp, type Context, type Tx } from '@keyferry/kernel'
import type { SyncMessage } from '@keyferry/schemas'
import { reachedOf } from '@keyferry/vault'
import type { Outcome } from '../apply/outcomes.ts'
import type { Plan } from '../plan/plan.ts'
import { requestedRevision, type DueSync } from '../sync/due.ts'

export interface ActiveRun {
  id: string
  sync: DueSync
  kind: 'sync' | 'remove'
  /** Why it happens, and for whom. */
  trigger: string
  actor: string
  startedAt: string
}

/** What the row says once the run has ended. */
export interface RunRecord {
  state: string
  message: SyncMessage | null
  plan: Plan | null
  calls: number
  snapshotId: string | null
  deliveredMs: number | null
  finishedAt: string | null
}

const NOTHING_YET = { calls: 0, snapshotId: null, deliveredMs: null, finishedAt: null }

/**
 * Before the first write: from here on the run shows even if its process dies. Resolves to the revision up to which a
 * run is requested by now. Throws for a sync that was deleted meanwhile: its keys stay as they are.
 */
export async function recordWriting(tx: Tx, run: ActiveRun, plan: Plan): Promise<number> {
  const requested = await requestedRevision(tx, run.sync.id)
  if (requested === null) throw new Error('the sync was deleted')
  await recordRun(tx, run, { state: 'running', message: null, plan, ...NOTHING_YET })
  return requested
}

/** Writes the row, or over the one that `recordWriting` has made. */
export const recordRun = (
  db: Context['db'] | Tx,
  { id, sync, kind, trigger, actor, startedAt }: ActiveRun,
  { plan, message, ...record }: RunRecord,
): Promise<void> =>
  upsertRuns(db, [
    {
      ...record,
      message: message && JSON.stringify(message),
      id,
      kind,
      trigger,
      actor,
      startedAt,
      syncId: sync.id,
      revision: sync.wanted,
      planHash: plan?.hash ?? null,
      counts: plan ? JSON.stringify(plan.summary) : null,
      reached: reachedOf(sync),
    } satisfies Selectable<RunTable>,
  ])

const upsertRuns = batchWriter<Context['db'] | Tx>(
  keptQuery((db, slot: Slot<{ rows: string }>) =>
    insertRows<'runs', Selectable<RunTable>>(db, 'runs', slot('rows'), {
      id: 'text',
      syncId: 'text',
      kind: 'text',
      state: 'text',
      trigger: 'text',
      actor: 'text',
      revision: 'integer',
      planHash: 'text',
      counts: 'text',
      calls: 'integer',
      message: 'text',
      startedAt: 'text',
      finishedAt: 'text',
      deliveredMs: 'integer',
      snapshotId: 'text',
      reached: 'text',
    }).onConflict((conflict) =>
      conflict.column('id').doUpdateSet((eb) => ({
        state: eb.ref('excluded.state'),
        message: eb.ref('excluded.message'),
        calls: eb.ref('excluded.calls'),
        snapshotId: eb.ref('excluded.snapshotId'),
        deliveredMs: eb.ref('excluded.deliveredMs'),
        finishedAt: eb.ref('excluded.finishedAt'),
        planHash: eb.ref('excluded.planHash'),
        counts: eb.ref('excluded.counts'),
      })),
    ),
  ),
)

/** Leaves an interrupted run: the sync stays due, the next process continues. */
export async function interruptRun(ctx: Context, { id, sync }: ActiveRun): Promise<void> {
  await closeRunning(ctx, sync.id, id)
  ctx.log.info('run interrupted')
}

/** Runs of this sync that never ended: their processes are gone. */
export async function closeInterrupted(ctx: Context, syncId: string): Promise<void> {
  await closeRunning(ctx, syncId, null)
}

async function closeRunning(ctx: Context, syncId: string, runId: string | null): Promise<void> {
  const message = JSON.stringify({ code: 'interrupted' } satisfies SyncMessage)
  await ctx.db
    .updateTable('runs')
    .set({ state: 'failed', message, finishedAt: timestamp(ctx) })
    .where('syncId', '=', syncId)
    .where('state', '=', 'running')
    .$call((query) => (runId === null ? query : query.where('id', '=', runId)))
    .execute()
}

/** Writes what became of each key in a run. */
export async function recordOutcomes(tx: Tx, runId: string, outcomes: readonly Outcome[]): Promise<void> {
  for (const some of chunks(outcomes)) {
    const rows = some.map(({ madeOf = null, reason, ...outcome }): Selectable<OutcomeTable> => ({
      runId,
      ...outcome,
      reason: JSON.stringify(reason),
      madeOf,
    }))
    await insertOutcomes(tx, rows)
  }
}

const insertOutcomes = batchWriter<Tx>(
  keptQuery((db, slot: Slot<{ rows: string }>) =>
    insertRows<'outcomes', Selectable<OutcomeTable>>(db, 'outcomes', slot('rows'), {
      runId: 'text',
      key: 'text',
      action: 'text',
      state: 'text',
      reason: 'text',
      madeOf: 'text',
    }),
  ),
)
