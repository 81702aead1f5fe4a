/** What the ending of a run means for its sync. Pure but for the clock. */
import type { Context } from '@keyferry/kernel'
import { NAMED_KEYS, type SyncMessage } from '@keyferry/schemas'
import type { Applied } from '../apply/apply.ts'
import type { Outcome } from '../apply/outcomes.ts'
import type { LedgerEntry } from '../apply/ledger.ts'
import type { DestinationError } from '../destinations/destination-error.ts'
import type { Blocked } from '../plan/blockage.ts'
import type { Desired } from '../plan/desired.ts'
import type { Plan } from '../plan/plan.ts'
import type { DueSync } from '../sync/due.ts'
import { retryDelay } from './retry.ts'

/** `ledger`: as it was read; null when something was written since. `isBurst`: changes came before it was written. */
type AppliedResult = {
  kind: 'applied'
  plan: Plan
  desired: Desired
  ledger: ReadonlyMap<string, LedgerEntry> | null
  isBurst: boolean
} & Applied

/** It may have brought back keys that were missing because of an earlier run. */
type BlockedResult = Blocked & { outcomes?: readonly Outcome[] }

/** How a run ended. `refused`: the vendor, as a whole. `broken`: an internal error. */
export type RunResult =
  | AppliedResult
  | BlockedResult
  | { kind: 'refused'; error: DestinationError }
  | { kind: 'broken'; error: unknown }

export interface RunDecision {
  state: 'succeeded' | 'partial' | 'failed' | 'blocked'
  message: SyncMessage | null
  /** Milliseconds until another try; null: not before something changes. */
  retryIn: number | null
  /** Everything that can be there is there. */
  converged: boolean
}

/** What an ending means for the sync. */
export function evaluateRun(ctx: Context, sync: DueSync, result: RunResult): RunDecision {
  switch (result.kind) {
    case 'blocked':
      return { state: 'blocked', message: result.blockage.message, retryIn: null, converged: false }
    case 'broken':
      return {
        state: 'failed',
        message: { code: 'internal-error' },
        retryIn: retryDelay(ctx, sync.attempts, []),
        converged: false,
      }
    case 'refused':
      return {
        state: 'failed',
        message: { code: 'destination-error', kind: result.error.kind, text: result.error.message },
        retryIn: retryDelay(ctx, sync.attempts, [result.error]),
        converged: false,
      }
    case 'applied': {
      const { outcomes, errors } = result
      const failed = outcomes.filter((outcome) => outcome.state === 'failed')
      const rejected = outcomes.filter((outcome) => outcome.state === 'rejected')
      if (failed.length === 0 && rejected.length === 0)
        return { state: 'succeeded', message: null, retryIn: null, converged: true }
      const done = outcomes.length - failed.length - rejected.length + result.plan.summary.keep
      return {
        state: failed.length > 0 && done === 0 ? 'failed' : 'partial',
        message: { code: 'keys-not-written', failed: named(failed), rejected: named(rejected) },
        retryIn: failed.length > 0 ? retryDelay(ctx, sync.attempts, errors) : null,
        converged: failed.length === 0,
      }
    }
  }
}

const named = (outcomes: readonly Outcome[]) => ({
  count: outcomes.length,
  named: outcomes.slice(0, NAMED_KEYS).map(({ key, reason }) => ({ key, reason })),
})
