/** The end of a run as its sync shows it. Inside the transaction that ends the run. */
import { amend, batchLoader, boundRows, keptQuery, valuesTable, type Slot } from '@keyferry/db'
import { timestamp, type Context, type Tx } from '@keyferry/kernel'
import { lockSyncsById } from '../lease/lock-syncs.ts'
import { nextCheck } from '../sync/drift-record.ts'
import type { DueSync } from '../sync/due.ts'
import type { RunResult, RunDecision } from './evaluate-run.ts'
import type { ActiveRun } from './record.ts'

/** Resolves to whether the sync is due again. Throws for a sync that was deleted meanwhile. */
export async function finalizeSync(
  ctx: Context,
  tx: Tx,
  { id, sync, startedAt }: ActiveRun,
  result: RunResult,
  { state, message, retryIn, converged }: RunDecision,
): Promise<boolean> {
  const row = await applyUpdates(tx, {
    id: sync.id,
    runId: id,
    state,
    message: message && JSON.stringify(message),
    blockage: result.kind === 'blocked' ? JSON.stringify(result.blockage) : null,
    observed: sync.wanted,
    settles: retryIn === null ? 1 : 0,
    converged: converged ? 1 : 0,
    troubled: state === 'succeeded' ? 0 : 1,
    // A run that found everything as it should be does not begin a new time of being in sync.
    wrote: result.kind === 'applied' && result.outcomes.some((outcome) => outcome.state === 'done') ? 1 : 0,
    attempts: sync.attempts + 1,
    retryAt: retryTime(ctx, retryIn),
    startedAt,
    now: timestamp(ctx),
    nextCheckAt: nextCheck(ctx, JSON.parse(sync.options)),
  })
  return isDueAgain(row)
}

interface SyncUpdate {
  id: string
  runId: string
  state: RunDecision['state']
  message: string | null
  blockage: string | null
  /** The desired revision that the run read. */
  observed: number
  /** 1: nothing is to be tried again. */
  settles: 0 | 1
  /** 1: everything that can be there is there. */
  converged: 0 | 1
  /** 1: a person may want to know. */
  troubled: 0 | 1
  /** 1: something at the target changed. */
  wrote: 0 | 1
  attempts: number
  retryAt: string
  startedAt: string
  now: string
  nextCheckAt: string | null
}

const applyUpdates = batchLoader(async (tx: Tx, updates: readonly SyncUpdate[]) => {
  const rows = await endRuns(tx, { ids: updates.map(({ id }) => id), updates: boundRows(updates) })
  const ended = new Set(updates.filter(({ converged }) => converged === 1).map(({ id }) => id))
  for (const { id, overwriteApproved, approvedPlan } of rows)
    if (ended.has(id) && (overwriteApproved === 1 || approvedPlan !== null))
      await amend(tx, 'syncs', id, { overwriteApproved: 0, approvedPlan: null })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ({ id }) => byId.get(id) ?? new Error('the sync was deleted')
})

const endRuns = keptQuery((db, slot: Slot<{ ids: readonly string[]; updates: string }>) =>
  db
    .updateTable('syncs')
    .from(
      valuesTable<SyncUpdate>(db, slot('updates'), {
        id: 'text',
        runId: 'text',
        state: 'text',
        message: 'text',
        blockage: 'text',
        observed: 'integer',
        settles: 'integer',
        converged: 'integer',
        troubled: 'integer',
        wrote: 'integer',
        attempts: 'integer',
        retryAt: 'text',
        startedAt: 'text',
        now: 'text',
        nextCheckAt: 'text',
      }).as('run'),
    )
    .set((eb) => {
      const settles = eb('run.settles', '=', 1)
      const converged = eb('run.converged', '=', 1)
      // A change that came while the run was on has reset the back-off: it must not be put back.
      const fresh = eb.or([settles, eb('syncs.wanted', '>', eb.ref('run.observed'))])
      return {
        lastRunId: eb.ref('run.runId'),
        state: eb
          .case()
          .when(eb.and([settles, eb('syncs.due', '>', eb.ref('run.observed'))]))
          .then('pending' as const)
          .else(eb.ref('run.state'))
          .end(),
        message: eb.ref('run.message'),
        blockage: eb.ref('run.blockage'),
        seen: eb.case().when(settles).then(eb.ref('run.observed')).else(eb.ref('syncs.seen')).end(),
        attempts: eb.case().when(fresh).then(0).else(eb.ref('run.attempts')).end(),
        retryAt: eb.case().when(fresh).then(null).else(eb.ref('run.retryAt')).end(),
        applied: eb.case().when(converged).then(eb.ref('run.observed')).else(eb.ref('syncs.applied')).end(),
        syncedAt: eb.case().when(converged).then(eb.ref('run.now')).else(eb.ref('syncs.syncedAt')).end(),
        inSyncSince: eb
          .case()
          .when(eb.not(converged))
          .then(null)
          .when(eb.and([eb('run.wrote', '=', 0), eb('syncs.inSyncSince', 'is not', null)]))
          .then(eb.ref('syncs.inSyncSince'))
          .else(eb.ref('run.now'))
          .end(),
        troubleSince: eb
          .case()
          .when('run.troubled', '=', 0)
          .then(null)
          .else(eb.fn.coalesce('syncs.troubleSince', 'run.now'))
          .end(),
        troubleRuns: eb
          .case()
          .when('run.troubled', '=', 0)
          .then(0)
          .else(eb('syncs.troubleRuns', '+', 1))
          .end(),
        // The run compared everything, so what an earlier drift check found is repaired or past.
        checkedAt: eb.case().when(converged).then(null).else(eb.ref('syncs.checkedAt')).end(),
        drift: eb.case().when(converged).then(null).else(eb.ref('syncs.drift')).end(),
        driftMessage: eb.case().when(converged).then(null).else(eb.ref('syncs.driftMessage')).end(),
        nextCheckAt: eb.case().when(converged).then(eb.ref('run.nextCheckAt')).else(eb.ref('syncs.nextCheckAt')).end(),
        behindSince: eb
          .case()
          .when(eb.not(converged))
          .then(eb.ref('syncs.behindSince'))
          // What came meanwhile is no older than this run.
          .when('syncs.wanted', '>', eb.ref('run.observed'))
          .then(eb.ref('run.startedAt'))
          .else(null)
          .end(),
      }
    })
    .where('syncs.id', 'in', lockSyncsById(db, slot('ids')))
    .whereRef('syncs.id', '=', 'run.id')
    .returning([
      'syncs.id',
      'syncs.seen',
      'syncs.due',
      'syncs.retryAt',
      'syncs.overwriteApproved',
      'syncs.approvedPlan',
    ]),
)

/** When a run that failed is tried again; `delay` in milliseconds. */
export const retryTime = (ctx: Context, delay: number | null): string =>
  new Date(ctx.now().getTime() + (delay ?? 0)).toISOString()

/** Whether another run can follow at once. */
export const isDueAgain = ({ seen, due, retryAt }: Pick<DueSync, 'seen' | 'due' | 'retryAt'>): boolean =>
  seen < due && retryAt === null
