/** The runs of a sync, newest first, and what each did per key. */
import type { Db, RunTable } from '@keyferry/db'
import { NotFound, type Actor, type Context } from '@keyferry/kernel'
import { ACTIONS, outcomeReasonOf, storedMessageText, storedReasonText } from '@keyferry/schemas'
import type { outcome as outcomeSchema, run as runSchema } from '@keyferry/schemas'
import { areOutOfReach } from '@keyferry/vault'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { findSync, type SyncAddress } from '../sync/find.ts'

type RunRow = z.output<typeof runSchema>
type OutcomeRow = z.output<typeof outcomeSchema>

const SHOWN = 100

/** The last hundred runs of a sync, newest first. Throws `NotFound`. */
export async function listRuns(ctx: Context, _actor: Actor, input: SyncAddress): Promise<RunRow[]> {
  const sync = await findSync(ctx, input)
  const rows = await ctx.db
    .selectFrom('runs')
    .where('syncId', '=', sync.id)
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(SHOWN)
    .selectAll()
    .execute()
  return shownRuns(ctx, sync.projectId, rows)
}

/** Runs of one project, without results where the caller may not know every folder that they say something about. */
export async function shownRuns(
  ctx: Context,
  projectId: string,
  rows: readonly Selectable<RunTable>[],
): Promise<RunRow[]> {
  const beyond = await areOutOfReach(
    ctx,
    projectId,
    rows.map(({ reached }) => ({ reached, source: null })),
  )
  return rows.map((row, index) => (beyond[index] === false ? toRun(row) : withoutResults(toRun(row))))
}

const withoutResults = (run: RunRow): RunRow => ({
  ...run,
  planHash: null,
  counts: null,
  calls: 0,
  message: null,
  restorable: false,
  outOfReach: true,
})

/** A run with the outcome of each key. Throws `NotFound`. */
export async function getRun(
  ctx: Context,
  _actor: Actor,
  input: SyncAddress & { runId: string },
): Promise<RunRow & { outcomes: OutcomeRow[] }> {
  const sync = await findSync(ctx, input)
  const row = await ctx.db
    .selectFrom('runs')
    .where('syncId', '=', sync.id)
    .where('id', '=', input.runId)
    .selectAll()
    .executeTakeFirst()
  if (!row) throw new NotFound(`The sync "${sync.name}" has no run with the id ${input.runId}`)
  const [run = withoutResults(toRun(row))] = await shownRuns(ctx, sync.projectId, [row])
  return { ...run, outcomes: run.outOfReach ? [] : await outcomesOf(ctx.db, row.id) }
}

/** By key. */
export async function outcomesOf(db: Db, runId: string): Promise<OutcomeRow[]> {
  const rows = await db.selectFrom('outcomes').where('runId', '=', runId).orderBy('key').selectAll().execute()
  return rows.map(({ key, action, state, reason }) => ({
    key,
    action: ACTIONS.find((known) => known === action) ?? 'keep',
    state: state === 'done' || state === 'rejected' ? state : 'failed',
    reason: storedReasonText(reason),
    cause: outcomeReasonOf(reason),
  }))
}

const STATES = ['running', 'succeeded', 'partial', 'failed', 'blocked'] as const
const TRIGGERS = ['change', 'manual', 'create', 'edit', 'approve', 'retry', 'remove', 'sweep', 'drift'] as const

function toRun(row: Selectable<RunTable>): RunRow {
  return {
    id: row.id,
    syncId: row.syncId,
    kind: row.kind,
    state: STATES.find((state) => state === row.state) ?? 'failed',
    trigger: TRIGGERS.find((trigger) => trigger === row.trigger) ?? 'sweep',
    actor: row.actor,
    planHash: row.planHash,
    counts: row.counts === null ? null : JSON.parse(row.counts),
    calls: row.calls,
    message: row.message === null ? null : storedMessageText(row.message),
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    restorable: row.snapshotId !== null,
    durationMs: row.finishedAt === null ? null : Date.parse(row.finishedAt) - Date.parse(row.startedAt),
  }
}
