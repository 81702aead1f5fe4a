import { kindOfNotice, noticeHeadline } from '@keyferry/schemas/notice-words'
import { Link } from '@tanstack/react-router'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { cn } from '../../lib/cn.ts'
import type { Notification } from '../../lib/server/types.ts'
import { KINDS } from './kinds.ts'
import { words } from './words.ts'

/** One thing that happened, with the way to its sync. */
export function NotificationItem({ notification, unread }: { notification: Notification; unread: boolean }) {
  const { sync, project, message, at } = notification
  const { icon: Icon, tone } = KINDS[kindOfNotice(notification) ?? 'failed']
  return (
    <Link
      to="/p/$projectId/syncs/$destination/$syncId"
      params={{ projectId: project.id, destination: sync.destination, syncId: sync.id }}
      className="flex gap-3 rounded-md px-1 py-3 hover:bg-sunken"
    >
      <Icon aria-hidden className={cn('mt-0.5 size-4.5 shrink-0', tone)} />
      <span className="grid min-w-0 flex-1 gap-0.5 text-sm">
        <span className="flex flex-wrap items-center gap-1.5">
          <span className={cn('line-clamp-3 min-w-0 wrap-anywhere', unread && 'font-semibold')}>
            {noticeHeadline(notification, sync.name)}
          </span>
          {unread && <Badge tone="accent">{words.notificationItem.new}</Badge>}
        </span>
        {message !== '' && <span className="line-clamp-3 wrap-anywhere text-soft">{message}</span>}
        <span className="text-soft">
          <bdi className="wrap-anywhere">{project.name}</bdi> · <Time iso={at} />
        </span>
      </span>
    </Link>
  )
}
