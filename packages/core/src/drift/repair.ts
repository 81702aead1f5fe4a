/** Putting back what drifted, if the sync says so, until it is plain that somebody else puts it back as well. */
import { randomUUID } from 'node:crypto'
import { DAY_MS, SYSTEM, timestamp, transact, type Context, type Tx } from '@keyferry/kernel'
import { NAMED_KEYS, type SyncMessage } from '@keyferry/schemas'
import { applyPlan, type Applied } from '../apply/apply.ts'
import type { Difference, OpenTarget } from '../apply/target.ts'
import type { Lease } from '../lease/lease.ts'
import { deletionGuard } from '../plan/deletion-guard.ts'
import { partOf } from '../plan/plan.ts'
import { evaluateRun } from '../status/evaluate-run.ts'
import { interruptRun, recordOutcomes, recordRun, recordWriting, type ActiveRun } from '../status/record.ts'
import { reportRun } from '../status/report.ts'
import { retryDelay } from '../status/retry.ts'
import type { Drifted } from '../sync/drift-record.ts'
import { driftOptions } from '../sync/options.ts'
import type { DueSync } from '../sync/due.ts'

/** The need that is one too many: two repairs of a key within a day are bad luck, a third is a fight. */
const MAX_REPAIRS_PER_DAY = 3

export interface Repaired {
  /** What still differs. */
  left: readonly Drifted[]
  /** Those of the last day, for the column. */
  repairs: string | null
  /** Why repairs stop now; null when they continue, and when they had stopped before. */
  stopped: SyncMessage | null
  /** Why something was not repaired this time. */
  message: SyncMessage | null
  /** When to check again, if sooner than usual: a key may be missing that we took away ourselves. */
  again: string | null
}

/**
 * Repairs `drifted` as far as the sync's options, the breaker and the fuse let it: one entry in the history, and none
 * when there was nothing to do. A replacement by Keyferry that was interrupted is finished in any case.
 */
export async function repairDrift(
  ctx: Context,
  target: OpenTarget & { spec: DueSync },
  found: Difference,
  drifted: readonly Drifted[],
  lease: Lease,
): Promise<Repaired> {
  const sync = target.spec
  const repairs = repairsWithinADay(ctx, sync)
  const wants = driftOptions(target.options).driftRepair
  const isStopped = sync.repairStopped !== null
  const stopped = wants && !isStopped ? repairLimitReached(drifted, repairs) : null
  const keys = new Set(drifted.map(({ key }) => key))
  const isOurs = (key: string): boolean => found.ledger.get(key)?.intent === 'replacing'
  const all = partOf(
    found.plan,
    ({ key, action }) =>
      keys.has(key) && action !== 'reject' && ((wants && !isStopped && stopped === null) || isOurs(key)),
  )
  const blown = deletionGuard(all, found.observed, target.schema.covers)
  const plan = blown === null ? all : partOf(all, ({ action }) => action !== 'delete')
  const message = blown === null ? null : ({ code: 'deletes-not-repaired', deletions: blown } as const)
  if (plan.changes.length === 0) return { left: drifted, repairs: stored(repairs), stopped, message, again: null }

  const applied = await applyAsRun(ctx, target, { ...found, plan }, lease)
  const done = new Set(applied.outcomes.filter(({ state }) => state === 'done').map(({ key }) => key))
  const now = timestamp(ctx)
  return {
    left: drifted.filter(({ key }) => !done.has(key)),
    repairs: stored([...repairs, ...[...done].filter((key) => !isOurs(key)).map((key) => ({ key, at: now }))]),
    stopped,
    message,
    again: await earlierCheckIfInterrupted(ctx, sync, applied),
  }
}

interface Repair {
  key: string
  at: string
}

function repairsWithinADay(ctx: Context, sync: DueSync): Repair[] {
  const all: Repair[] = sync.heals === null ? [] : JSON.parse(sync.heals)
  const since = new Date(ctx.now().getTime() - DAY_MS).toISOString()
  // Those after now are from before the clock was set back.
  return all.filter(({ at }) => at > since && at <= timestamp(ctx))
}

const stored = (repairs: readonly Repair[]): string | null => (repairs.length === 0 ? null : JSON.stringify(repairs))

/** The message that names the keys that drifted again after every repair; null while there are none. */
function repairLimitReached(drifted: readonly Drifted[], repairs: readonly Repair[]): SyncMessage | null {
  const times = new Map<string, number>()
  for (const { key } of repairs) times.set(key, (times.get(key) ?? 0) + 1)
  const fought = drifted.map(({ key }) => key).filter((key) => (times.get(key) ?? 0) >= MAX_REPAIRS_PER_DAY - 1)
  if (fought.length === 0) return null
  const keys = fought.slice(0, NAMED_KEYS)
  return { code: 'repairs-paused', keys, count: fought.length, times: MAX_REPAIRS_PER_DAY }
}

/** Applies the plan as a run of the history. The sync's own state is not touched: what was wanted has not changed. */
async function applyAsRun(
  outer: Context,
  target: OpenTarget & { spec: DueSync },
  found: Difference,
  lease: Lease,
): Promise<Applied> {
  const sync = target.spec
  const run: ActiveRun = {
    id: randomUUID(),
    sync,
    kind: 'sync',
    trigger: 'drift',
    actor: SYSTEM.name,
    startedAt: timestamp(outer),
  }
  const ctx = { ...outer, log: outer.log.child({ runId: run.id }) }
  try {
    const begin = (tx: Tx) => recordWriting(tx, run, found.plan)
    const applied = await applyPlan(ctx, target, found, lease, { begin })
    await closeRun(ctx, run, target.calls(), found, applied)
    return applied
  } catch (error) {
    await interruptRun(ctx, run)
    throw error
  }
}

async function closeRun(
  ctx: Context,
  run: ActiveRun,
  calls: number,
  found: Difference,
  applied: Applied,
): Promise<void> {
  const decision = evaluateRun(ctx, run.sync, {
    kind: 'applied',
    plan: found.plan,
    desired: found.desired,
    ledger: null,
    isBurst: false,
    ...applied,
  })
  await transact(ctx, async (tx) => {
    const { state, message } = decision
    const { plan } = found
    const ended = { snapshotId: null, deliveredMs: null, finishedAt: timestamp(ctx) }
    await recordRun(tx, run, { state, message, plan, calls, ...ended })
    await recordOutcomes(tx, run.id, applied.outcomes)
  })
  reportRun(ctx, run, {
    ...decision,
    kind: 'drift',
    calls,
    counts: found.plan.summary,
    deliveredMs: null,
    errors: applied.errors,
  })
}

/** Where a repair ended between "taken away" and "put there", the next look comes as soon as a retry would. */
async function earlierCheckIfInterrupted(ctx: Context, sync: DueSync, { errors }: Applied): Promise<string | null> {
  if (errors.length === 0) return null
  const torn = await ctx.db
    .selectFrom('ledger')
    .where('syncId', '=', sync.id)
    .where('targetKey', '=', sync.targetKey)
    .where('intent', '=', 'replacing')
    .select('key')
    .limit(1)
    .executeTakeFirst()
  const delay = torn ? retryDelay(ctx, 3, errors) : null
  return delay === null ? null : new Date(ctx.now().getTime() + delay).toISOString()
}
