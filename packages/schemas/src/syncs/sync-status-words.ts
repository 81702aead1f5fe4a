/** The words of a sync's status. */
import { count } from '../count.ts'
import type { PauseScope, StatusReason, SyncStatus } from './sync-status.ts'

export const STATUS_WORDS: Record<SyncStatus, string> = {
  'needs-attention': 'Needs attention',
  'out-of-sync': 'Out of sync',
  paused: 'Paused',
  syncing: 'Syncing',
  'in-sync': 'In sync',
}

const PAUSED: Record<PauseScope, string> = {
  sync: 'Paused',
  project: 'All syncs of this project are paused',
  instance: 'All syncs are paused',
}

/**
 * The reason as a sentence, without a full stop. `provider` is the title of the sync's destination, such as
 * "Trigger.dev".
 */
export function statusReasonText(reason: StatusReason, provider: string): string {
  switch (reason.code) {
    case 'queued':
      return 'Waiting for its turn'
    case 'running':
      return 'A run is in progress'
    case 'removing':
      return 'Deleting its keys at the destination'
    case 'changes-waiting':
      return 'Changes are waiting: auto-sync is off'
    case 'never-synced':
      return 'Not synced yet: auto-sync is off'
    case 'secrets-removed':
      return 'Its keys were deleted; the next run writes them again'
    case 'drifted':
      return `${reason.keys === 0 ? 'Keys were' : count(reason.keys, 'key')} changed outside Keyferry${reason.repairs ? '; the next check repairs it' : ''}`
    case 'repairs-stopped':
      return 'Automatic repair is paused: another writer changes this destination'
    case 'retrying':
      return 'The last run failed; retrying'
    case 'failed':
      return 'The last run failed'
    case 'removal-failed':
      return 'Its keys could not be deleted at the destination'
    case 'access-lost':
      return 'Access to the source or the connection was lost'
    case 'source-incomplete':
      return reason.keys === 0 ? 'The source can’t be read' : `${count(reason.keys, 'secret')} can’t be resolved`
    case 'approval-needed':
      return `Deleting ${reason.keys === 0 ? 'keys' : count(reason.keys, 'key')} waits for approval`
    case 'credential-rejected':
      return `${provider} rejects the credential of ${reason.connection}`
    case 'keys-not-written':
      if (reason.failed + reason.rejected === 0) return `Not every key could be written to ${provider}`
      return [
        reason.failed > 0 ? `${count(reason.failed, 'key')} failed` : null,
        reason.rejected > 0 ? `${count(reason.rejected, 'key')} can’t be stored in ${provider}` : null,
      ]
        .filter((part) => part !== null)
        .join(', ')
    case 'move-failed':
      return `${reason.keys === 0 ? 'Keys' : count(reason.keys, 'key')} could not be deleted at the previous destination`
    case 'paused':
      return `${PAUSED[reason.scope]} by ${reason.by}${reason.why === '' ? '' : `: ${reason.why}`}`
  }
}
