import { Hourglass, History, LogIn, RefreshCw, WifiOff } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { Button } from '../components/ui/button.tsx'
import { useIsBehind } from '../lib/behind.ts'
import { reloadPage } from '../lib/code.ts'
import { useConnection, watchedFetch } from '../lib/connection.ts'
import { messageOf } from '../lib/errors.ts'
import { useIsSessionOver } from '../lib/session.ts'
import { refetchFailed } from '../lib/stale.ts'
import { toast } from '../lib/toast.ts'
import { checkForUpdate, useOutdated } from '../lib/update.ts'
import { words } from './words.ts'

const RETRY_MS = 3000
/** Between attempts to fetch again what an answering server would not give. */
const REFRESH_MS = 10_000
/** A tab that is shown again has often slept through an update. */
const CHECK_EVERY_MS = 60_000

const Bar = ({ children }: { children: ReactNode }) => (
  <div
    role="status"
    className="flex min-h-9 flex-wrap items-center gap-2 border-b border-warn/40 bg-warn-tint px-4 py-1.5 text-sm text-warn md:px-8"
  >
    {children}
  </div>
)

/**
 * Says that the session is over, or the server away, slow, newer than this page or unable to refresh it; finds out when
 * it is back and fetches what failed.
 */
export function ConnectionBar() {
  const connection = useConnection()
  const isOutdated = useOutdated()
  const isLost = connection === 'lost'
  const isOver = useIsSessionOver()
  const isBehind = useIsBehind() && !isLost && !isOver

  useEffect(() => {
    if (!isLost) return
    const timer = setInterval(() => void watchedFetch('/api/status', { cache: 'no-store' }).catch(() => null), RETRY_MS)
    return () => {
      clearInterval(timer)
      void refetchFailed()
      void checkForUpdate()
    }
  }, [isLost])

  useEffect(() => {
    if (!isBehind) return
    const timer = setInterval(() => void refetchFailed(), REFRESH_MS)
    return () => clearInterval(timer)
  }, [isBehind])

  useEffect(() => {
    let checkedAt = Date.now()
    const onShown = () => {
      if (document.visibilityState !== 'visible' || Date.now() - checkedAt < CHECK_EVERY_MS) return
      checkedAt = Date.now()
      void checkForUpdate()
    }
    document.addEventListener('visibilitychange', onShown)
    return () => document.removeEventListener('visibilitychange', onShown)
  }, [])

  if (isOver)
    return (
      <Bar>
        <LogIn aria-hidden className="size-4" /> {words.connectionBar.sessionOver}
        <Button asChild size="sm">
          <a href="/sign-in" target="_blank" rel="noreferrer">
            {words.connectionBar.signIn}
          </a>
        </Button>
      </Bar>
    )
  if (isLost)
    return (
      <Bar>
        <WifiOff aria-hidden className="size-4" /> {words.connectionBar.connectionLost}
      </Bar>
    )
  if (isOutdated)
    return (
      <Bar>
        <RefreshCw aria-hidden className="size-4" /> {words.connectionBar.updated}
        <Button size="sm" onClick={() => void reloadPage().catch((error: unknown) => toast.error(messageOf(error)))}>
          {words.connectionBar.reload}
        </Button>
      </Bar>
    )
  if (isBehind)
    return (
      <Bar>
        <History aria-hidden className="size-4" /> {words.connectionBar.behind}
        <Button size="sm" onClick={() => void refetchFailed()}>
          {words.connectionBar.refresh}
        </Button>
      </Bar>
    )
  if (connection === 'slow')
    return (
      <Bar>
        <Hourglass aria-hidden className="size-4" /> {words.connectionBar.slow}
      </Bar>
    )
  return null
}
