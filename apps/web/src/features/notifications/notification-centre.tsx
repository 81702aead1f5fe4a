import { useEffect, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Drawer } from '../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useOnNavigate } from '../../lib/pages/use-on-navigate.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { NotificationItem } from './notification-item.tsx'
import { words } from './words.ts'

/** What happened to the syncs that one may see, newest first. Opening it makes it read. */
export function NotificationCentre({ onClose }: { onClose: () => void }) {
  /** Cursors of the pages that are shown. */
  const [pages, setPages] = useState<readonly (string | undefined)[]>([undefined])
  const { data } = trpc.inbox.list.useQuery({})
  const { mutate } = trpc.inbox.markRead.useMutation({ onSuccess: () => markStale('inbox.markRead') })
  useOnNavigate(onClose)
  const newest = data?.notifications[0]
  const upTo = newest?.unread === true ? newest.at : undefined
  /** Marked as unread for as long as this is open, though they are read by now. */
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    if (upTo === undefined) return
    setFresh((before) => new Set([...before, ...unreadOf(data?.notifications)]))
    mutate({ upTo })
    // Once for each newest one: the list itself changes when it is marked.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [upTo, mutate])
  return (
    <Drawer open onClose={onClose} title={words.notificationCentre.title} description={words.notificationCentre.text}>
      {pages.map((before, index) => (
        <Page
          key={before ?? ''}
          before={before}
          fresh={fresh}
          {...(index === pages.length - 1 ? { onOlder: (next: string) => setPages([...pages, next]) } : {})}
        />
      ))}
      <div className="mt-4 border-t border-line pt-4">
        <RouteButton to="/account" hash="notifications">
          {words.notificationCentre.notificationSettings}
        </RouteButton>
      </div>
    </Drawer>
  )
}

const unreadOf = (notifications: readonly { id: string; unread: boolean }[] = []): string[] =>
  notifications.flatMap(({ id, unread }) => (unread ? [id] : []))

function Page({
  before,
  fresh,
  onOlder,
}: {
  before: string | undefined
  fresh: ReadonlySet<string>
  /** On the last page. */
  onOlder?: (next: string) => void
}) {
  const { data, error, refetch } = trpc.inbox.list.useQuery(before === undefined ? {} : { before })
  if (error) return <Failure what={words.notificationCentre.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.notificationCentre.loading} rows={4} />
  const { notifications, next } = data
  if (notifications.length === 0 && before === undefined)
    return <p className="text-sm text-soft">{words.notificationCentre.empty}</p>
  return (
    <>
      <ul
        aria-label={before === undefined ? words.notificationCentre.title : words.notificationCentre.olderNotifications}
        className="divide-y divide-line"
      >
        {notifications.map((notification) => (
          <li key={notification.id}>
            <NotificationItem notification={notification} unread={notification.unread || fresh.has(notification.id)} />
          </li>
        ))}
      </ul>
      {next !== null && onOlder && (
        <Button className="mt-3" onClick={() => onOlder(next)}>
          {words.notificationCentre.showOlder}
        </Button>
      )}
    </>
  )
}
