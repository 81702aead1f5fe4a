import { words } from './words.ts'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
/** In 24 hours and with the zone: who reads it compares it with a log. */
const exact = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
})

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
  if (Math.abs(seconds) < 10) return words.time.justNow
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit)
  }
  return relative.format(seconds, 'second')
}

const ahead = new Intl.RelativeTimeFormat('en', { numeric: 'always' })
const AHEAD = STEPS.filter(([unit]) => unit === 'day' || unit === 'hour' || unit === 'minute')

/**
 * How long it is until then, to the nearest day, hour or minute: "in 30 days" rather than "next month". `now` in
 * milliseconds.
 */
export function untilTime(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  const step = AHEAD.find(([, length]) => seconds >= length - 30)
  return step ? ahead.format(Math.round(seconds / step[1]), step[0]) : relativeTime(iso, now)
}

export const exactTime = (iso: string): string => exact.format(new Date(iso))

/** "840 ms", "2.4 s", "3 min 5 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
