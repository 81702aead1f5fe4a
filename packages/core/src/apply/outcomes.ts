/** What became of each change of a plan, collected while it is applied. */
import type { OutcomeReason } from '@keyferry/schemas'
import type { MadeOf } from '@keyferry/vault'
import type { DestinationError } from '../destinations/destination-error.ts'
import type { Change } from '../destinations/destination.ts'
import { isWrite, type PlannedChange } from '../plan/plan.ts'
import type { Difference } from './target.ts'

export interface Outcome {
  key: string
  action: PlannedChange['action']
  state: 'done' | 'failed' | 'rejected'
  reason: OutcomeReason
  /** Of a value that was written: the versions that went into it. */
  madeOf?: MadeOf | null
}

type ChangeId = Pick<Change, 'key' | 'action'>

export interface Outcomes {
  /** `failure` instead of the plan's reason. */
  settle(change: ChangeId, state: Outcome['state'], failure?: OutcomeReason): void
  isSettled(change: ChangeId): boolean
  /** The key has its earlier value again, though the new one failed. */
  noteRestored(outcome: Outcome): void
  /** In the order in which they were settled. */
  settled(): Outcome[]
}

/** A key alone is not enough: the plan may reject one and delete what it held before. */
const idOf = ({ action, key }: Pick<Outcome, 'key' | 'action'>): string => `${action} ${key}`

/** `progress` hears how many of how many changes are settled. */
export function collectOutcomes(
  { plan, desired }: Difference,
  progress: (done: number, total: number) => void,
): Outcomes {
  const writes = new Map(plan.changes.filter(isWrite).map((change) => [idOf(change), change]))
  const outcomes = new Map<string, Outcome>()
  return {
    settle({ key, action }, state, failure) {
      const id = idOf({ key, action })
      const reason = failure ?? writes.get(id)?.reason
      if (!reason) throw new Error(`no plan has the change ${id}`)
      const written = state === 'done' && action !== 'delete'
      const madeOf = desired.entries.get(key)?.madeOf ?? null
      outcomes.set(id, { key, action, state, reason, ...(written ? { madeOf } : {}) })
      progress(outcomes.size, writes.size)
    },
    isSettled: (change) => outcomes.has(idOf(change)),
    noteRestored(outcome) {
      if (outcome.reason.code !== 'destination-error') return
      outcomes.set(idOf(outcome), { ...outcome, reason: { ...outcome.reason, isRestored: true } })
    },
    settled: () => [...outcomes.values()],
  }
}

/** The reason of a change that the provider refused. */
export const failureOf = ({ kind, message }: DestinationError): OutcomeReason => ({
  code: 'destination-error',
  kind,
  text: message,
})
