import { words } from './words.ts'

const DAY = { name: 'days', seconds: 86_400 } as const
export const UNITS = [
  { name: 'seconds', seconds: 1 },
  { name: 'minutes', seconds: 60 },
  { name: 'hours', seconds: 3600 },
  DAY,
] as const

/** The largest unit that says `seconds` without a fraction. */
export const unitOf = (seconds: number): (typeof UNITS)[number] =>
  UNITS.findLast((unit) => seconds > 0 && seconds % unit.seconds === 0) ?? DAY

/** "30 days", "90 minutes". */
export function durationWords(seconds: number): string {
  const unit = unitOf(seconds)
  return words.duration[unit.name](seconds / unit.seconds)
}

/** Null: never. */
export const isPast = (iso: string | null): boolean => iso !== null && Date.parse(iso) < Date.now()
