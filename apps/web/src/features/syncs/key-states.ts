import type { Tone } from '../../components/ui/badge.tsx'
import type { KeyState } from '../../lib/types.ts'

export const KEY_STATES: Record<KeyState['state'], { word: string; tone: Tone }> = {
  'in-sync': { word: 'In sync', tone: 'good' },
  pending: { word: 'Pending', tone: 'neutral' },
  rejected: { word: 'Rejected', tone: 'warn' },
  failed: { word: 'Failed', tone: 'bad' },
  drifted: { word: 'Drifted', tone: 'warn' },
  excluded: { word: 'Excluded', tone: 'neutral' },
  'left-behind': { word: 'Left behind', tone: 'warn' },
}

/** Whether the key is an issue: what somebody excluded is as they want it. */
export const isTrouble = ({ state }: KeyState): boolean => state !== 'in-sync' && state !== 'excluded'
