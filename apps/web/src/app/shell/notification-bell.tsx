import { Bell } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from '../words.ts'

const NotificationCentre = onDemand(
  async () => (await import('../../features/notifications/notification-centre.tsx')).NotificationCentre,
)

/** The live feed covers the open project; other projects are read this often. */
const LOOK_MS = 60_000

/** The way to what happened to syncs, with how much of it is unread. */
export function NotificationBell() {
  const [open, setOpen] = useState(false)
  const me = trpc.instance.me.useQuery()
  const { data } = trpc.inbox.list.useQuery({}, { enabled: me.data !== undefined, refetchInterval: LOOK_MS })
  const unread = data?.unread ?? 0
  return (
    <>
      <Button
        variant="ghost"
        size="icon"
        className="relative size-9"
        aria-label={
          unread === 0 ? words.notificationBell.notifications : words.notificationBell.notificationsNamed(unread)
        }
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(true)}
      >
        <Bell aria-hidden className="size-4.5" />
        {unread > 0 && (
          <span
            aria-hidden
            className="absolute top-0 right-0 grid h-4 min-w-4 place-items-center rounded-full bg-bad px-1 text-xs font-semibold text-on-bad"
          >
            {unread}
          </span>
        )}
      </Button>
      {open && <NotificationCentre onClose={() => setOpen(false)} />}
    </>
  )
}
