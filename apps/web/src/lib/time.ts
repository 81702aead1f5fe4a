const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** "3 minutes ago", "in 20 seconds", "just now". `now` in milliseconds. */
export function relativeTime(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  if (Math.abs(seconds) < 10) return 'just now'
  for (const [unit, length] of STEPS) {
    // What is behind is said in full units, what is ahead to the nearest: a week that has just begun is "in 7 days".
    if (Math.abs(seconds) >= length)
      return relative.format(seconds < 0 ? Math.trunc(seconds / length) : Math.round(seconds / length), unit)
  }
  return relative.format(seconds, 'second')
}

export const exactTime = (iso: string): string => exact.format(new Date(iso))

/** "840 ms", "2.4 s", "3 min 5 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
