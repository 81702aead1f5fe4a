import { useTimeZone } from '../lib/display/display.ts'
import { useNow } from '../lib/display/now.ts'
import { exactTime, relativeTime, untilTime } from '../lib/display/time.ts'

/**
 * A moment as people say it, the exact one on hover. Updates on its own. One that is meant to lie ahead is `until`; any
 * other never does, whatever the clocks say.
 */
export function Time({ iso, until = false }: { iso: string; until?: boolean }) {
  const now = useNow()
  useTimeZone()
  return (
    <time dateTime={iso} title={exactTime(iso)} className="whitespace-nowrap">
      {until ? untilTime(iso, now) : relativeTime(iso, Math.max(now, Date.parse(iso)))}
    </time>
  )
}
