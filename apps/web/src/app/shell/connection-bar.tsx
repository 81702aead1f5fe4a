import { Hourglass, History, RefreshCw, WifiOff } from 'lucide-react'
import { useEffect } from 'react'
import { SessionNotice } from '../../components/ui/session-notice.tsx'
import { Bar } from '../../components/ui/bar.tsx'
import { Button } from '../../components/ui/button.tsx'
import { useIsBehind } from '../../lib/server/behind.ts'
import { reloadPage } from '../../lib/loading/code.ts'
import { useConnection, watchedFetch } from '../../lib/server/connection.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { useIsSessionOver } from '../../lib/session/session.ts'
import { refetchFailed } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { checkForUpdate, useOutdated } from '../../lib/server/update.ts'
import { words } from '../words.ts'

const RETRY_MS = 3000
/** Between attempts to fetch again what an answering server would not give. */
const REFRESH_MS = 10_000
/** A tab that is shown again has often slept through an update. */
const CHECK_EVERY_MS = 60_000

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

  if (isOver) return <SessionNotice />
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
