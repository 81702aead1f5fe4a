import { count } from '@keyferry/schemas/count'

const DAY = { seconds: 86_400, one: 'day', many: 'days' }
export const UNITS = [
  { seconds: 1, one: 'second', many: 'seconds' },
  { seconds: 60, one: 'minute', many: 'minutes' },
  { seconds: 3600, one: 'hour', many: 'hours' },
  DAY,
] as const

/** The largest unit that says `seconds` without a fraction. */
export const unitOf = (seconds: number): (typeof UNITS)[number] =>
  UNITS.findLast((unit) => seconds > 0 && seconds % unit.seconds === 0) ?? DAY

/** "30 days", "90 minutes". */
export function durationWords(seconds: number): string {
  const unit = unitOf(seconds)
  return count(seconds / unit.seconds, unit.one, unit.many)
}

/** Null: never. */
export const isPast = (iso: string | null): boolean => iso !== null && Date.parse(iso) < Date.now()
