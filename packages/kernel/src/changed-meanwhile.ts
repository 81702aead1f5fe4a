import { isReferenceViolation } from '@keyferry/db'
import { Conflict } from './errors.ts'

/**
 * The error to answer with when the database refused a write because what it needs was deleted, or what it deletes came
 * into use, after the request was checked; null when `thrown` is another error.
 */
export function changedMeanwhile(thrown: unknown): Conflict | null {
  if (!isReferenceViolation(thrown)) return null
  return new Conflict('Something that this request needs was deleted, or came into use, meanwhile. Try again.')
}
