/** What makes a run wait for a person or a fixed source, and what lets it continue. Pure. */
import { planReasonText, storedMessageText, syncMessageText } from '@keyferry/schemas'
import { few, type BadRequest, type QuotaExceeded, type TooLarge, type Unresolvable } from '@keyferry/kernel'
import type { blockage, Deletions, PlanReason, SecretProblemCode, SyncMessage } from '@keyferry/schemas'
import type { z } from 'zod'
import type { ConnectionNotAllowed } from '../connections/allowed.ts'
import type { Plan } from './plan.ts'

type ShownBlockage = z.output<typeof blockage>

/** As it is stored with the sync. */
interface Blockage extends Pick<ShownBlockage, 'kind' | 'planHash'> {
  message: SyncMessage
  /** `code`: of a reason in words. Earlier versions stored none. */
  keys: readonly { key: string; reason: PlanReason | string; code?: SecretProblemCode }[]
}

/** The ending of a run that was stopped before it carried out its plan. */
export interface Blocked {
  kind: 'blocked'
  plan: Plan | null
  blockage: Blockage
}

/** The source can’t be read as a whole: nothing was sent. */
export function blockedBySource(error: Unresolvable | TooLarge | QuotaExceeded | BadRequest): Blocked {
  return {
    kind: 'blocked',
    plan: null,
    blockage: {
      kind: 'source',
      message: { code: 'source-unresolvable', text: error.message },
      keys: 'problems' in error ? few(error.problems) : [],
      planHash: null,
    },
  }
}

/** The project may not use the connection any more. */
export const blockedByConnection = ({ message }: ConnectionNotAllowed): Blocked => ({
  kind: 'blocked',
  plan: null,
  blockage: {
    kind: 'access',
    message: { code: 'connection-not-allowed', text: message },
    keys: [],
    planHash: null,
  },
})

/** The plan deletes more than the limit: it waits for an approval. */
export function blockedByDeletionGuard(plan: Plan, deletions: Deletions): Blocked {
  const deletes = plan.changes.filter((change) => change.action === 'delete')
  return {
    kind: 'blocked',
    plan,
    blockage: {
      kind: 'fuse',
      message: { code: 'approval-needed', deletions },
      keys: deletes.map(({ key, reason }) => ({ key, reason })),
      planHash: plan.hash,
    },
  }
}

/** A stored blockage in words. Earlier versions stored the words themselves. */
export function blockageText(stored: string): ShownBlockage {
  const { message, keys, ...rest }: Omit<Blockage, 'message'> & { message: SyncMessage | string } = JSON.parse(stored)
  return {
    ...rest,
    message: typeof message === 'string' ? storedMessageText(message) : syncMessageText(message),
    keys: keys.map(({ key, reason, code = null }) =>
      typeof reason === 'string' ? { key, reason, code } : { key, reason: planReasonText(reason), code: reason.code },
    ),
  }
}
