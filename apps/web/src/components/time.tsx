import { useEffect, useState } from 'react'
import { useTimeZone } from '../lib/display.ts'
import { exactTime, relativeTime, untilTime } from '../lib/time.ts'

/**
 * A moment as people say it, the exact one on hover. Updates on its own. One that is meant to lie ahead is `until`; any
 * other never does, whatever the clocks say.
 */
export function Time({ iso, until = false }: { iso: string; until?: boolean }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000)
    return () => clearInterval(timer)
  }, [])
  useTimeZone()
  return (
    <time dateTime={iso} title={exactTime(iso)} className="whitespace-nowrap">
      {until ? untilTime(iso, now) : relativeTime(iso, Math.max(now, Date.parse(iso)))}
    </time>
  )
}
