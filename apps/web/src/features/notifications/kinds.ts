import type { NotificationKind } from '@keyferry/schemas'
import { CircleCheck, CircleX, GitCompareArrows, OctagonX, ShieldQuestion, type LucideIcon } from 'lucide-react'
import { words } from './words.ts'

interface KindWords {
  icon: LucideIcon
  /** Colour of the icon. */
  tone: string
  title: string
  text: string
}

/** What can happen to a sync, in the order of the settings. */
export const KINDS: Readonly<Record<NotificationKind, KindWords>> = {
  failed: {
    icon: CircleX,
    tone: 'text-bad',
    title: words.kinds.failed,
    text: words.kinds.failedText,
  },
  blocked: {
    icon: OctagonX,
    tone: 'text-bad',
    title: words.kinds.blocked,
    text: words.kinds.blockedText,
  },
  approval: {
    icon: ShieldQuestion,
    tone: 'text-warn',
    title: words.kinds.approvalNeeded,
    text: words.kinds.approvalText,
  },
  drifted: {
    icon: GitCompareArrows,
    tone: 'text-warn',
    title: words.kinds.drifted,
    text: words.kinds.driftedText,
  },
  recovered: {
    icon: CircleCheck,
    tone: 'text-good',
    title: words.kinds.recovered,
    text: words.kinds.recoveredText,
  },
}
