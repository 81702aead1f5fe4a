/** Step 6: carries out a plan. An outcome per change, the ledger row written as each lands. */
import type { OutcomeReason } from '@keyferry/schemas'
import type { Context, Tx } from '@keyferry/kernel'
import type { MadeOf } from '@keyferry/vault'
import { DestinationError } from '../destinations/destination-error.ts'
import type { Change, Flags, Report } from '../destinations/destination.ts'
import type { Lease } from '../lease/lease.ts'
import type { PlannedChange } from '../plan/plan.ts'
import { journal, type Journal } from './journal.ts'
import { storedMadeOf } from './ledger.ts'
import { previousValue } from './previous-value.ts'
import type { Difference, OpenTarget } from './target.ts'

export interface Outcome {
  key: string
  action: PlannedChange['action']
  state: 'done' | 'failed' | 'rejected'
  reason: OutcomeReason
  /** Of a value that was written: the versions that went into it. */
  madeOf?: MadeOf | null
}

export interface Applied {
  outcomes: readonly Outcome[]
  /** What went wrong, one per failed key. */
  errors: readonly DestinationError[]
}

interface Watching {
  /** Hears how many of how many changes are settled. */
  progress?: (done: number, total: number) => void
  /** Writes down that the plan is carried out, in the transaction before the first change. */
  begin?: (tx: Tx) => Promise<void>
}

/** Throws what concerns the whole target. */
export async function applyPlan(
  ctx: Context,
  target: OpenTarget & { spec: { id: string } },
  found: Difference,
  lease: Lease,
  { progress = () => {}, begin }: Watching = {},
): Promise<Applied> {
  const { plan, desired, ledger } = found
  const writes = plan.changes.filter(isWrite)
  const reasons = new Map(writes.map((change) => [`${change.action} ${change.key}`, change.reason]))
  const outcomes = new Map<string, Outcome>()
  const errors: DestinationError[] = []
  const ledgerJournal = journal(
    ctx,
    { syncId: target.spec.id, targetKey: target.spec.targetKey, dataKey: target.key },
    lease,
  )

  const settle = (change: Change, state: Outcome['state'], failure?: OutcomeReason): void => {
    const id = `${change.action} ${change.key}`
    const reason = failure ?? reasons.get(id)
    if (!reason) throw new Error(`no plan has the change ${id}`)
    const written = state === 'done' && change.action !== 'delete'
    outcomes.set(id, {
      key: change.key,
      action: change.action,
      state,
      reason,
      ...(written ? { madeOf: sourceOf(change.key).madeOf } : {}),
    })
    progress(outcomes.size, writes.length)
  }
  const sourceOf = (key: string) => {
    const { sourceKey = '', version = null, madeOf = null } = desired.entries.get(key) ?? {}
    return { sourceKey, version, madeOf }
  }
  const forgotten = plan.forget.map((key) => ({ kind: 'gone' as const, key }))
  const confirmed = otherwiseMade(found).map((key) => ({ kind: 'confirmed' as const, key, ...sourceOf(key) }))
  // A key that is created, and not written down because the process ends in between, would look like somebody else's
  // ever after.
  const creating = writes.flatMap(({ action, key }) =>
    action === 'create' && !ledger.has(key)
      ? [{ kind: 'creating' as const, key, flags: desired.entries.get(key)?.flags ?? {}, ...sourceOf(key) }]
      : [],
  )
  const replacing = (key: string, flags: Flags) => ({
    kind: 'replacing' as const,
    key,
    ...sourceOf(key),
    remoteIds: ledger.get(key)?.remoteIds ?? [],
    flags,
  })
  // Most runs replace one key: its intent needs no transaction of its own. Of several, one may never be begun, and its
  // row would have lost what is known of the old value.
  const [only] = writes.length === 1 && target.client.replaces ? writes : []
  const replaced = only?.action === 'update' ? [replacing(only.key, desired.entries.get(only.key)?.flags ?? {})] : []
  const first = [...forgotten, ...confirmed, ...creating, ...replaced]
  if (begin || first.length > 0) await ledgerJournal.begin(begin, first)
  let reported = 0
  /** Once all changes are reported there is nothing to wait for. */
  const noteReported = (): void => {
    reported += 1
    if (reported >= writes.length) ledgerJournal.flush()
  }
  const report: Report = {
    async replacing({ key, ...change }) {
      if (ledgerJournal.isReplacing(key)) return
      await ledgerJournal.add(replacing(key, change.action === 'delete' ? {} : change.flags))
    },
    async done(change, remoteIds = []) {
      const { key } = change
      const digest = desired.entries.get(key)?.digest ?? ''
      const written = ledgerJournal.addLanded(
        change.action === 'delete'
          ? { kind: 'gone', key }
          : { kind: 'written', key, ...sourceOf(key), remoteIds, digest, flags: change.flags },
      )
      noteReported()
      await written
      settle(change, 'done')
    },
    failed(change, error) {
      noteReported()
      errors.push(error)
      settle(change, 'failed', reasonOf(error))
      return Promise.resolve()
    },
  }

  let stopped = false
  const carryOut = async (some: readonly Write[]): Promise<void> => {
    if (some.length === 0) return
    const changes = orderForCrashes(some, ledger).map((change) => toClient(change, found))
    try {
      await target.client.apply(changes, report)
    } catch (error) {
      if (!(error instanceof DestinationError)) throw error
      // The target as a whole refused: what was not settled by then shares its fate, and stays named.
      stopped = true
      errors.push(error)
      for (const change of changes)
        if (!outcomes.has(`${change.action} ${change.key}`)) settle(change, 'failed', reasonOf(error))
    }
  }
  // An old name is deleted only once its new one exists.
  const renames = writes.filter((change) => change.renamedTo !== null)
  await carryOut(writes.filter((change) => change.renamedTo === null))
  const missing = new Map(
    plan.changes.flatMap(({ key, action }): [string, Outcome['state']][] => {
      if (action === 'reject') return [[key, 'rejected']]
      const outcome = outcomes.get(`${action} ${key}`)
      return outcome && outcome.state !== 'done' ? [[key, 'failed']] : []
    }),
  )
  if (!stopped) await carryOut(renames.filter(({ renamedTo }) => renamedTo !== null && !missing.has(renamedTo)))
  for (const { key, action, renamedTo } of renames) {
    const id = `${action} ${key}`
    if (outcomes.has(id)) continue
    const state = missing.get(renamedTo ?? '') ?? 'failed'
    outcomes.set(id, { key, action, state, reason: { code: 'waits-for-rename', name: renamedTo ?? '' } })
  }
  await restorePreviousValues(ctx, target, found, ledgerJournal, outcomes).catch((error: unknown) => {
    // The vendor went away in between; the ledger still says so, and the next run starts there.
    if (!(error instanceof DestinationError)) throw error
  })
  for (const change of plan.changes) {
    if (change.action === 'reject')
      outcomes.set(`reject ${change.key}`, {
        key: change.key,
        action: 'reject',
        state: 'rejected',
        reason: change.reason,
      })
  }
  return { outcomes: [...outcomes.values()], errors }
}

const reasonOf = ({ kind, message }: DestinationError): OutcomeReason => ({
  code: 'destination-error',
  kind,
  text: message,
})

type Write = PlannedChange & { action: 'create' | 'update' | 'delete' }
/** Whether it needs a vendor call. */
export const isWrite = (change: PlannedChange): change is Write =>
  change.action === 'create' || change.action === 'update' || change.action === 'delete'

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

/** Keys that stay as they are though they are made of other versions by now, or of what the ledger does not know. */
function otherwiseMade({ plan, desired, ledger }: Difference): string[] {
  return plan.changes.flatMap(({ key, action }) => {
    const wanted = action === 'keep' ? desired.entries.get(key) : undefined
    return wanted && storedMadeOf(wanted.madeOf) !== storedMadeOf(ledger.get(key)?.madeOf ?? null) ? key : []
  })
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

/**
 * Where a vendor has no update, a refused new value has already cost the old one. The vault still has it, so it is
 * written again: a typing mistake must not remove a key at the destination.
 */
async function restorePreviousValues(
  ctx: Context,
  target: OpenTarget & { spec: { id: string } },
  { ledger, desired }: Difference,
  ledgerJournal: Journal,
  outcomes: Map<string, Outcome>,
): Promise<void> {
  const lost = [...outcomes].filter(
    ([, { state, key, action }]) => state === 'failed' && action !== 'delete' && ledgerJournal.isReplacing(key),
  )
  if (lost.length === 0) return
  // A refused delete leaves the old value in place; only a listing shows which.
  const present = new Set((await target.client.list()).map((entry) => entry.key))
  for (const [id, outcome] of lost) {
    if (present.has(outcome.key)) continue
    const before = ledger.get(outcome.key)
    const entry = desired.entries.get(outcome.key)
    if (!before || before.digest === '' || !entry) continue
    const value = await previousValue(ctx, target, entry.sourceKey, outcome.key, before)
    if (value === null) continue
    const change: Change = { action: 'create', key: outcome.key, value, flags: before.flags }
    await target.client.apply([change], {
      replacing: () => Promise.resolve(),
      done: async (_, remoteIds = []) => {
        const { sourceKey, version, madeOf, digest, flags } = before
        const source = { sourceKey, version, madeOf }
        await ledgerJournal.add({ kind: 'written', key: outcome.key, ...source, remoteIds, digest, flags })
        if (outcome.reason.code === 'destination-error')
          outcomes.set(id, { ...outcome, reason: { ...outcome.reason, isRestored: true } })
      },
      failed: () => Promise.resolve(),
    })
  }
}
