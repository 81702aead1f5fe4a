/** Step 6: carries out a plan. An outcome per change, the ledger row written as each lands. */
import type { Context, Tx } from '@keyferry/kernel'
import { DestinationError, hadNoEffect } from '../destinations/destination-error.ts'
import type { Change, Report } from '../destinations/destination.ts'
import type { Lease } from '../lease/lease.ts'
import { isWrite, type Plan, type Write } from '../plan/plan.ts'
import type { Replacements } from '../sync/call-guard.ts'
import { entriesBefore, landedEntry, replacingEntry } from './change-entries.ts'
import { journal, type Journal } from './journal.ts'
import type { Entry } from './ledger.ts'
import { collectOutcomes, failureOf, type Outcome, type Outcomes } from './outcomes.ts'
import { restorePreviousValues } from './previous-value.ts'
import type { Difference, OpenTarget } from './target.ts'
import { inWaves } from './waves.ts'

export interface Applied {
  outcomes: readonly Outcome[]
  /** What went wrong, one per failed key. */
  errors: readonly DestinationError[]
}

interface Watching {
  /** Hears how many of how many changes are settled. */
  progress?: (done: number, total: number) => void
  /** Writes down that the plan is carried out, in the transaction before the first change. */
  begin?: (tx: Tx) => Promise<unknown>
}

/** Throws what concerns the whole target. */
export async function applyPlan(
  ctx: Context,
  target: OpenTarget & { spec: { id: string } },
  found: Difference,
  lease: Lease,
  { progress = () => {}, begin }: Watching = {},
): Promise<Applied> {
  const { plan, ledger } = found
  const { id: syncId, targetKey } = target.spec
  const ledgerJournal = journal(ctx, { syncId, targetKey, dataKey: target.key }, lease)
  const outcomes = collectOutcomes(found, progress)
  const errors: DestinationError[] = []
  const report = reportTo(ledgerJournal, outcomes, errors, found, target.replacements)

  const before = entriesBefore(found, target.client.replaces === true)
  if (begin || before.length > 0) await ledgerJournal.begin(begin, before)

  const writes = plan.changes.filter(isWrite)
  const maxKeys = target.definition.limits.maxKeys?.(target.target) ?? Infinity
  let refusal: DestinationError | undefined
  for (const wave of inWaves(writes, maxKeys - found.observed.length)) {
    const missing = missingKeys(plan, outcomes)
    const sent = wave.filter(({ renamedTo }) => renamedTo === null || !missing.has(renamedTo))
    if (sent.length === 0) continue
    try {
      await target.client.apply(
        orderForCrashes(sent, ledger).map((change) => toClient(change, found)),
        report,
      )
    } catch (error) {
      if (!(error instanceof DestinationError)) throw error
      errors.push(error)
      refusal = error
      break
    }
  }
  const unsent = writes.filter((change) => !outcomes.isSettled(change))
  settleRest(plan, outcomes, refusal)
  if (refusal) await withdrawIntents(ledgerJournal, found, unsent, refusal)

  await restorePreviousValues(ctx, target, found, ledgerJournal, outcomes).catch((error: unknown) => {
    // The vendor went away in between; the ledger still says so, and the next run starts there.
    if (!(error instanceof DestinationError)) throw error
  })
  return { outcomes: [...outcomes.settled(), ...rejectedBy(plan)], errors }
}

/** What a client reports: each change is written down, then settled. */
function reportTo(
  ledgerJournal: Journal,
  outcomes: Outcomes,
  errors: DestinationError[],
  found: Difference,
  replacements: Replacements | undefined,
): Report {
  let left = found.plan.changes.filter(isWrite).length
  /** Once all changes are reported there is nothing to wait for. */
  const noteReported = (): void => {
    left -= 1
    if (left <= 0) ledgerJournal.flush()
  }
  return {
    async replacing({ key }) {
      await replacements?.begin(key)
      if (ledgerJournal.lastOf(key) !== 'replacing') await ledgerJournal.add(replacingEntry(found, key))
    },
    async done(change, remoteIds = []) {
      replacements?.end(change.key)
      const written = ledgerJournal.addLanded(landedEntry(found, change, remoteIds))
      noteReported()
      await written
      outcomes.settle(change, 'done')
    },
    async failed(change, error) {
      replacements?.end(change.key)
      noteReported()
      errors.push(error)
      outcomes.settle(change, 'failed', failureOf(error))
      await withdrawIntents(ledgerJournal, found, [change], error)
    },
  }
}

/**
 * What the provider refused changed nothing: a key that stands there later under a new name is not the sync's to
 * delete, and one that the sync wrote before is as it was.
 */
async function withdrawIntents(
  ledgerJournal: Journal,
  { ledger }: Difference,
  changes: readonly Pick<Change, 'key'>[],
  error: DestinationError,
): Promise<void> {
  if (!hadNoEffect(error)) return
  const entries = changes.flatMap(({ key }): Entry[] => {
    const last = ledgerJournal.lastOf(key)
    if (last === 'creating') return [{ kind: 'gone', key }]
    // What an earlier run began may have landed all the same.
    return last === 'changing' && ledger.get(key)?.intent === null ? [{ kind: 'unchanged', key }] : []
  })
  await Promise.all(entries.map((entry) => ledgerJournal.add(entry)))
}

const rejectedBy = ({ changes }: Plan): Outcome[] =>
  changes.flatMap(({ key, action, reason }) => (action === 'reject' ? { key, action, reason, state: 'rejected' } : []))

/** Keys that should be at the target by now and are not, with what became of them. */
const missingKeys = (plan: Plan, outcomes: Outcomes): ReadonlyMap<string, Outcome['state']> =>
  new Map(
    [...outcomes.settled(), ...rejectedBy(plan)]
      .filter(({ state }) => state !== 'done')
      .map(({ key, state }) => [key, state]),
  )

/** Settles what was not sent because something before it failed, and what a refusal of the whole target left open. */
function settleRest(plan: Plan, outcomes: Outcomes, refusal: DestinationError | undefined): void {
  const open = plan.changes.filter(isWrite).filter((change) => !outcomes.isSettled(change))
  if (refusal)
    for (const change of open) if (change.renamedTo === null) outcomes.settle(change, 'failed', failureOf(refusal))
  const missing = missingKeys(plan, outcomes)
  for (const change of open) {
    const { renamedTo: name } = change
    if (name === null) continue
    const state = missing.get(name)
    const waits = { code: 'waits-for-rename', name } as const
    outcomes.settle(change, state ?? 'failed', state === undefined && refusal ? failureOf(refusal) : waits)
  }
}

/**
 * Interrupted replacements first: their keys are missing at the target right now. Deletes last: nothing waits for them.
 */
function orderForCrashes(writes: readonly Write[], ledger: Difference['ledger']): Write[] {
  const rank = (change: Write): number => {
    if (change.action === 'delete') return 2
    return ledger.get(change.key)?.intent === 'replacing' ? 0 : 1
  }
  return [...writes].sort((a, b) => rank(a) - rank(b))
}

function toClient({ action, key, remoteIds }: Write, { desired, ledger }: Difference): Change {
  if (action === 'delete') return { action, key, remoteIds }
  const entry = desired.entries.get(key)
  if (!entry) throw new Error(`plan without a value for ${action} ${key}`)
  const { value, flags } = entry
  if (action === 'create') return { action, key, value, flags }
  const before = ledger.get(key)
  // Of a write that was not finished nobody knows what landed.
  return { action, key, value, flags, remoteIds, ...(before && before.digest !== '' ? { written: before.flags } : {}) }
}
