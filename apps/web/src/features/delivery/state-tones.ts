import type { DeliveryState } from '@keyferry/schemas'
import type { Tone } from '../../components/ui/badge.tsx'

export const STATE_TONES: Record<DeliveryState, Tone> = {
  delivered: 'good',
  pending: 'accent',
  failed: 'bad',
  rejected: 'bad',
  blocked: 'bad',
  paused: 'neutral',
  excluded: 'neutral',
  drifted: 'warn',
  unknown: 'warn',
  replaced: 'neutral',
  'left-behind': 'warn',
}
