import {
  CircleCheck,
  CircleDashed,
  CircleX,
  LoaderCircle,
  OctagonX,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react'
import { cn } from '../lib/cn.ts'
import type { SyncState } from '../lib/types.ts'
import { Badge, type Tone } from './ui/badge.tsx'

export const STATE_WORDS: Record<SyncState, { word: string; tone: Tone; icon: LucideIcon }> = {
  pending: { word: 'Pending', tone: 'neutral', icon: CircleDashed },
  running: { word: 'Running', tone: 'accent', icon: LoaderCircle },
  succeeded: { word: 'Succeeded', tone: 'good', icon: CircleCheck },
  partial: { word: 'Partial', tone: 'warn', icon: TriangleAlert },
  failed: { word: 'Failed', tone: 'bad', icon: CircleX },
  blocked: { word: 'Blocked', tone: 'bad', icon: OctagonX },
}

/** The state of a sync or a run, as a word with its colour and shape. */
export function SyncStateBadge({ state }: { state: SyncState }) {
  const { word, tone, icon: Icon } = STATE_WORDS[state]
  return (
    <Badge tone={tone}>
      <Icon aria-hidden className={cn('size-3.5', state === 'running' && 'animate-spin')} />
      {word}
    </Badge>
  )
}
