/** What the console says of deliveries. */
import type { DeliveredTo, DeliveryState } from '@keyferry/schemas'
import type { Tone } from '../../components/ui/badge.tsx'

export const STATES: Record<DeliveryState, { label: string; tone: Tone }> = {
  delivered: { label: 'Delivered', tone: 'good' },
  pending: { label: 'Pending', tone: 'accent' },
  failed: { label: 'Failed', tone: 'bad' },
  rejected: { label: 'Can’t be stored', tone: 'bad' },
  blocked: { label: 'Blocked', tone: 'bad' },
  paused: { label: 'Paused', tone: 'neutral' },
  excluded: { label: 'Excluded', tone: 'neutral' },
  drifted: { label: 'Drifted', tone: 'warn' },
  unknown: { label: 'Version unknown', tone: 'warn' },
  replaced: { label: 'Has a newer version', tone: 'neutral' },
  'left-behind': { label: 'Old copy', tone: 'warn' },
}

export const PROOFS: Record<NonNullable<DeliveredTo['proof']>, { label: string; means: string }> = {
  'read-back': { label: 'read back', means: 'Keyferry read the value at the destination and compared it.' },
  revision: { label: 'revision', means: 'The provider shows the revision that Keyferry’s write created.' },
  fingerprint: {
    label: 'write confirmed',
    means: 'The provider confirmed the write. It shows neither the value nor a revision.',
  },
}
