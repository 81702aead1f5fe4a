/** A provider's rate limits: as it documents them, and as its answers report them. */

/**
 * A token bucket of a provider: holds at most `capacity` calls, and gains `refill` of them every `intervalMs`, an hour
 * at most.
 */
export interface RateLimit {
  capacity: number
  refill: number
  intervalMs: number
  /**
   * - `documented`: each call is reserved, since no answer says what is left.
   * - `reported`: answers say what is left, and that counts, also where a server has other sizes. Calls are reserved
   *   while little is left, or after a refusal.
   * - `assumed`: nothing is documented. Calls are reserved after a refusal.
   */
  source: 'documented' | 'reported' | 'assumed'
  /**
   * The provider may have a lower limit than `capacity`, after so many calls: whether it counts them is not documented.
   * The next call goes alone and shows it, so that at most one is refused; then this is `capacity` and `refill`.
   */
  trialAfter?: number
  /** What answers report is another limit: nothing is learnt from it about this one. */
  isUnreported?: true
}

/** What one answer reports of a bucket, such as `x-ratelimit-remaining` and `x-ratelimit-reset`. */
export interface Budget {
  remaining: number
  /**
   * The provider's own number of the present window: later windows have higher numbers. Only compared, never read as a
   * time.
   */
  window: number
  /** Milliseconds from now until the bucket gains calls, by our clock. */
  resetsInMs: number
}

/**
 * The longest pause in milliseconds that a refusal can cause: GitHub's window. All syncs of the account wait, and
 * nobody can end a pause, so a nonsense `Retry-After` of ten years is not followed; one call an hour is no burden.
 */
export const LONGEST_PAUSE_MS = 3_600_000

/** Below this many calls left, the processes that use one account reserve each call. */
const TIGHT = 256

export const isTight = (budget: Budget | null): boolean => budget !== null && budget.remaining < TIGHT
