import type { Tone } from '../../../components/ui/badge.tsx'
import type { KeyState } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

export const KEY_STATES: Record<KeyState['state'], { word: string; tone: Tone }> = {
  'in-sync': { word: words.keyStates.inSync, tone: 'good' },
  pending: { word: words.keyStates.pending, tone: 'neutral' },
  rejected: { word: words.keyStates.rejected, tone: 'warn' },
  failed: { word: words.keyStates.failed, tone: 'bad' },
  drifted: { word: words.keyStates.drifted, tone: 'warn' },
  excluded: { word: words.keyStates.excluded, tone: 'neutral' },
  'left-behind': { word: words.keyStates.leftBehind, tone: 'warn' },
}

/** Whether the key is an issue: what somebody excluded is as they want it. */
export const isTrouble = ({ state }: KeyState): boolean => state !== 'in-sync' && state !== 'excluded'
