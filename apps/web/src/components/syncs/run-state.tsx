import { CircleCheck, CircleX, LoaderCircle, OctagonX, TriangleAlert, type LucideIcon } from 'lucide-react'
import { cn } from '../../lib/cn.ts'
import type { Run } from '../../lib/server/types.ts'
import { Badge, type Tone } from '../ui/badge.tsx'
import { words } from '../words.ts'

const LOOKS: Record<Run['state'], { word: string; tone: Tone; icon: LucideIcon }> = {
  running: { word: words.runState.running, tone: 'accent', icon: LoaderCircle },
  succeeded: { word: words.runState.succeeded, tone: 'good', icon: CircleCheck },
  partial: { word: words.runState.partly, tone: 'warn', icon: TriangleAlert },
  failed: { word: words.runState.failed, tone: 'bad', icon: CircleX },
  blocked: { word: words.runState.blocked, tone: 'bad', icon: OctagonX },
}

/** How a run ended, as a word with its colour and shape. */
export function RunStateBadge({ state }: { state: Run['state'] }) {
  const { word, tone, icon: Icon } = LOOKS[state]
  return (
    <Badge tone={tone}>
      <Icon aria-hidden className={cn('size-3.5', state === 'running' && 'animate-spin')} />
      {word}
    </Badge>
  )
}
