import { useEffect, useState } from 'react'
import { exactTime, relativeTime } from '../lib/time.ts'

/** A moment as people say it, the exact one on hover. Moves on by itself. */
export function Time({ iso }: { iso: string }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <time dateTime={iso} title={exactTime(iso)} className="whitespace-nowrap">
      {relativeTime(iso, Math.max(now, Date.parse(iso)))}
    </time>
  )
}
