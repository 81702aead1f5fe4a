import { useEffect, useState } from 'react'
import { useTimeZone } from '../../lib/display/display.ts'
import { exactTime, untilTime } from '../../lib/display/time.ts'
import { words } from '../words.ts'

const LAST_MINUTE_MS = 60_000

/** How long it is until then, by the second in the last minute; "now" once it has come. */
export function CountDown({ iso }: { iso: string }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  useTimeZone()
  const left = Date.parse(iso) - now
  return (
    <time dateTime={iso} title={exactTime(iso)} className="whitespace-nowrap tabular-nums">
      {left <= 0
        ? words.countDown.now
        : left < LAST_MINUTE_MS
          ? words.countDown.inS(Math.ceil(left / 1000))
          : untilTime(iso, now)}
    </time>
  )
}
