import type { NotificationKind } from '@keyferry/schemas'
import { CircleCheck, CircleX, GitCompareArrows, OctagonX, ShieldQuestion, type LucideIcon } from 'lucide-react'

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
    title: 'Failed',
    text: 'A run failed, did not deliver everything, or could not clean up an old target.',
  },
  blocked: {
    icon: OctagonX,
    tone: 'text-bad',
    title: 'Blocked',
    text: 'Nothing is sent until the source or the owner’s permissions are corrected.',
  },
  approval: {
    icon: ShieldQuestion,
    tone: 'text-warn',
    title: 'Approval needed',
    text: 'A run would delete many keys and waits for an approval.',
  },
  drifted: {
    icon: GitCompareArrows,
    tone: 'text-warn',
    title: 'Drifted',
    text: 'Keys were changed outside Keyferry, or repairing them stopped.',
  },
  recovered: {
    icon: CircleCheck,
    tone: 'text-good',
    title: 'Back in sync',
    text: 'A sync that was in trouble is in sync again.',
  },
}
