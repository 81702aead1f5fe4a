/** The one status of a sync, on every screen: chip, sentence and order. */
import { statusReasonText, STATUS_WORDS } from '@keyferry/schemas/sync-status-words'
import { CircleCheck, CircleDot, CirclePause, LoaderCircle, TriangleAlert, type LucideIcon } from 'lucide-react'
import { cn } from '../../lib/cn.ts'
import type { Sync } from '../../lib/server/types.ts'
import { Time } from '../time.tsx'
import { Badge, type Tone } from '../ui/badge.tsx'

type Status = Sync['status']

const LOOKS: Record<Status, { tone: Tone; icon: LucideIcon }> = {
  'needs-attention': { tone: 'bad', icon: TriangleAlert },
  'out-of-sync': { tone: 'warn', icon: CircleDot },
  paused: { tone: 'neutral', icon: CirclePause },
  syncing: { tone: 'accent', icon: LoaderCircle },
  'in-sync': { tone: 'good', icon: CircleCheck },
}

/** The status as a word with its colour and shape. */
export function SyncStatusBadge({ status }: { status: Status }) {
  const { tone, icon: Icon } = LOOKS[status]
  return (
    <Badge tone={tone}>
      <Icon aria-hidden className={cn('size-3.5', status === 'syncing' && 'animate-spin')} />
      {STATUS_WORDS[status]}
    </Badge>
  )
}

/** Why the sync has its status, as a sentence without a full stop; null when it is in sync. */
export const reasonOf = ({ reason, destinationTitle }: Pick<Sync, 'reason' | 'destinationTitle'>): string | null =>
  reason === null ? null : statusReasonText(reason, destinationTitle)

/** Why, and since when: the line under the chip, the same in the list and on the home page. */
export function SyncReason({ sync }: { sync: Pick<Sync, 'reason' | 'since' | 'destinationTitle'> }) {
  const why = reasonOf(sync)
  return (
    <span className="text-xs break-words text-soft">
      {why}
      {why !== null && sync.since !== null && '\u00a0· '}
      {sync.since !== null && <Time iso={sync.since} />}
    </span>
  )
}

const ORDER = Object.keys(LOOKS)

/** Problems first, then by name. */
export const byStatus = (a: Pick<Sync, 'status' | 'name'>, b: Pick<Sync, 'status' | 'name'>): number =>
  ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || a.name.localeCompare(b.name)
