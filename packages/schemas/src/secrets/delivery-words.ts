/** What people read of a delivery receipt. Without zod, so that the console loads it. */
import type { DeliveryProof, DeliveryState, RevocationReason } from './delivery.ts'

const STATE_WORDS: Record<DeliveryState, string> = {
  delivered: 'has the newest version',
  pending: 'does not have the newest version yet',
  failed: 'could not be written',
  rejected: 'can’t store this key',
  blocked: 'is blocked',
  paused: 'is paused',
  excluded: 'excludes this key',
  drifted: 'was changed at the destination',
  unknown: 'has a version that is not known',
  replaced: 'has a newer version',
  'left-behind': 'still has a copy',
}

/** The state in words, as a predicate of a sync. */
export const deliveryStateText = (state: DeliveryState): string => STATE_WORDS[state]

const PROOF_WORDS: Record<DeliveryProof, string> = {
  'read-back': 'read back',
  revision: 'revision',
  fingerprint: 'write confirmed',
}

/** How the delivery is proven, in the words of the console and of docs/rotating-a-secret.md. */
export const deliveryProofText = (proof: DeliveryProof): string => PROOF_WORDS[proof]

/** The reason in words, for a person. */
export function revocationReasonText(reason: RevocationReason): string {
  switch (reason.code) {
    case 'not-delivered':
      return `${reason.syncName} ${STATE_WORDS[reason.state]}${reason.reason === null ? '' : `: ${reason.reason}`}`
    case 'old-copy':
      return `${reason.syncName} still has an older copy as ${reason.key} in ${reason.target}`
    case 'hidden-destinations':
      return 'syncs that you can’t see may still send the old value'
    case 'read-by-machine':
      return `${reason.actor.name} read the old value and has not read the new one`
    case 'hidden-machines':
      return 'machines that you can’t see read the old value and not the new one'
  }
}
