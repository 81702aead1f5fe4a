import { isReferenceViolation } from '@keyferry/db'
import { Conflict } from './errors.ts'

/**
 * Throws `Conflict` when the settings that a caller read, of the version or time `seen`, are no longer those that are
 * stored. `seen` undefined: the caller changes them whatever they are.
 */
export function refuseStale<T extends number | string>(seen: T | undefined, stored: T): void {
  if (seen === undefined || seen === stored) return
  throw new Conflict(
    'Someone changed these settings after you opened them, so nothing was saved. Open them again to see what they are now.',
  )
}

/**
 * The error to answer with when the database refused a write because what it needs was deleted, or what it deletes came
 * into use, after the request was checked; null when `thrown` is another error.
 */
export function changedMeanwhile(thrown: unknown): Conflict | null {
  if (!isReferenceViolation(thrown)) return null
  return new Conflict('Something that this request needs was deleted, or came into use, meanwhile. Try again.')
}
