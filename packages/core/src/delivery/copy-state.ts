/** What a destination has of a secret, and what that means for its delivery. Pure. */
import type { DeliveryState } from '@keyferry/schemas'

/** What the ledger says of a key there. `interrupted`: the write of a new value began and did not end. */
export type Copy = 'newest' | 'older' | 'unknown' | 'interrupted' | 'none'

export interface KnownOfKey {
  copy: Copy
  /** What the last drift check found to be changed there; null: nothing. */
  drift: string | null
  /** Why a person keeps the key out of the sync; null: nobody does. */
  exclusion: string | null
  /** Why the last run could not write the key, or may not at all. */
  failure: string | null
  rejection: string | null
  /** Why the whole sync stands still. */
  blockage: string | null
  pause: string | null
}

export interface DeliveryOfKey {
  state: DeliveryState
  reason: string | null
}

/**
 * An exclusion comes first: no run compares the key from then on, so what was delivered before may have been changed.
 *
 * | copy     | else             | state     |
 * |----------|------------------|-----------|
 * | any      | excluded         | excluded  |
 * | newest   | drift            | drifted   |
 * | newest   | -                | delivered |
 * | any else | can't be stored  | rejected  |
 * | any else | paused           | paused    |
 * | any else | blocked          | blocked   |
 * | any else | failed           | failed    |
 * | any else | drift            | drifted   |
 * | unknown  | -                | unknown   |
 * | any else | -                | pending   |
 */
export function deliveryOf(known: KnownOfKey): DeliveryOfKey {
  const { copy, drift, exclusion, rejection, pause, blockage, failure } = known
  if (exclusion !== null) return { state: 'excluded', reason: exclusion }
  if (copy === 'newest')
    return drift === null ? { state: 'delivered', reason: null } : { state: 'drifted', reason: drift }
  const causes: [DeliveryState, string | null][] = [
    ['rejected', rejection],
    ['paused', pause],
    ['blocked', blockage],
    ['failed', failure],
    ['drifted', drift],
  ]
  const cause = causes.find(([, reason]) => reason !== null)
  if (cause) return { state: cause[0], reason: cause[1] }
  return { state: copy === 'unknown' ? 'unknown' : 'pending', reason: null }
}
