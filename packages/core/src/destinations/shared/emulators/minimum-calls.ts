/**
 * The fewest calls a vendor's API allows for a piece of work, for the bench: what any client must spend that lists
 * first and knows what it wrote before. Each destination's folder has its own in `emulator/minimum-calls.ts`, exported
 * as `minimumCalls`.
 */
export interface Work {
  /** Keys at the target before. */
  held: number
  creates: number
  updates: number
  deletes: number
}

interface MinimumCalls {
  requests: number
  /** Those of them that change something: they count against `rateLimit`. */
  writes: number
  /** Calls that must wait for each other, with ten in flight: times the latency, the least time. */
  rounds: number
  /**
   * Calls beside them, one after the other, that a client makes so as not to trust what nobody promises: a listing that
   * verifies writes, a look at what it writes to. 0 where nothing is to be doubted.
   */
  checks: number
  /** The vendor's own rate limit as it is documented; null where none is. */
  rateLimit: { burst: number; refill: number; intervalMs: number } | null
}

export type MinimumCallsOf = (work: Work) => MinimumCalls

/** Rounds of `calls` calls with ten in flight. */
export const inFlight = (calls: number): number => Math.ceil(calls / 10)
