import { timeZone } from './display.ts'
import { words } from '../words.ts'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
/** In 24 hours and with the zone: who reads it compares it with a log. */
const EXACT = {
  ...CLOCK,
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  second: '2-digit',
  timeZoneName: 'short',
} as const

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

/** "28 Nov 2026, 14:05:09 CET", in the reader's zone. */
export const exactTime = (iso: string): string => inZone(EXACT).format(new Date(iso))

/** "19:00", in the reader's zone. */
export const clockTime = (iso: string): string => inZone(CLOCK).format(new Date(iso))

/** Making a format takes longer than using it, and tables show hundreds of times. By zone and options. */
const formats = new Map<string, Intl.DateTimeFormat>()
function inZone(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const zone = timeZone()
  const key = `${zone} ${JSON.stringify(options)}`
  const made = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
  formats.set(key, made)
  return made
}

/** The moment at which a day begins in the reader's zone; undefined when there is no such day. */
export function startOfDay(year: number, month: number, date: number): Date | undefined {
  const wall = Date.UTC(year, month - 1, date)
  if (Number.isNaN(wall)) return undefined
  // The offset may change within the day that is guessed first.
  const guess = wall - offsetAt(wall)
  return new Date(wall - offsetAt(guess))
}

/** Milliseconds by which the clocks of the reader's zone are ahead of UTC. */
function offsetAt(at: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: timeZone(), timeZoneName: 'longOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000
}

/** "840 ms", "2.4 s", "3 min 5 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
