/** What makes a run wait for a person or a fixed source, and what lets it continue. Pure. */
import { planReasonText } from '@keyferry/schemas'
import { few, type TooLarge, type Unresolvable } from '@keyferry/kernel'
import type { blockage } from '@keyferry/schemas'
import type { z } from 'zod'
import type { ConnectionNotAllowed } from '../connections/allowed.ts'
import type { DueSync } from '../sync/due.ts'
import type { Plan } from './plan.ts'

type Blockage = z.output<typeof blockage>

/** The ending of a run that was stopped before it wrote anything. */
export interface Blocked {
  kind: 'blocked'
  plan: Plan | null
  blockage: Blockage
}

export function blockedBySource(error: Unresolvable | TooLarge): Blocked {
  return {
    kind: 'blocked',
    plan: null,
    blockage: {
      kind: 'source',
      message: `Nothing was sent. ${error.message}`,
      keys: 'problems' in error ? few(error.problems) : [],
      planHash: null,
    },
  }
}

export const blockedByConnection = ({ message }: ConnectionNotAllowed): Blocked => ({
  kind: 'blocked',
  plan: null,
  blockage: { kind: 'access', message: `Nothing was sent. ${message}`, keys: [], planHash: null },
})

export function blockedByDeletionGuard(plan: Plan, why: string): Blocked {
  const deletes = plan.changes.filter((change) => change.action === 'delete')
  return {
    kind: 'blocked',
    plan,
    blockage: {
      kind: 'fuse',
      message: `${why} Nothing was sent. Approve this plan to continue, or put the secrets back.`,
      keys: deletes.map(({ key, reason }) => ({ key, reason: planReasonText(reason) })),
      planHash: plan.hash,
    },
  }
}

/**
 * True when a person agreed to this very plan, or when it is the first run and overwriting was agreed to at creation
 * without naming a plan.
 */
export function approved(sync: Pick<DueSync, 'approvedPlan' | 'overwriteApproved'>, plan: Plan): boolean {
  return sync.approvedPlan === plan.hash || sync.overwriteApproved === 1
}
