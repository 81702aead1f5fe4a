import type { Budget, Slot } from './pace.ts'

/** In flight before the first answer shows what the vendor allows. */
const PROBES = 5
/** In flight at a vendor that says nothing about its limits. */
const UNTOLD = 10
/** In flight at a vendor that counts down a budget for us; the budget is what limits then. */
const TOLD = 256
/** Part of a budget that is not tight which one process may have in flight: others may be as busy. */
const SHARE = 8
/** A reset further away than this is a clock that is wrong. */
const LONGEST_RESET_MS = 60_000

/** A call that waits for its turn. */
export interface Waiter {
  start(slot: Slot): void
  abandon(reason: unknown): void
}

/** One rate limit of the vendor, as this process sees it. Times are those of `performance.now()`. */
export interface Bucket {
  name: string
  waiting: Waiter[]
  inFlight: number
  started: number
  /** Any answer was seen. */
  heard: boolean
  limit: number
  /** `started` at the last time the limit was cut. */
  cutAt: number
  pausedUntil: number
  budget: { remaining: number; window: number; resetAt: number } | null
  timer: NodeJS.Timeout | undefined
  /**
   * Whether calls use what this process knows, or are reserved; `unknown` until the other processes' state was read.
   */
  mode: 'unknown' | 'free' | 'reserving'
  lookedUpAt: number
  /** Questions to the others that are out. */
  questions: number
  /** Calls that were accepted and not yet reported. */
  accepted: number
  /** Refusals so far. */
  refusals: number
  /** When to ask again after getting nothing. */
  askAt: number
  /** Reserved calls that have not started, and until when they may. */
  granted: number
  grantedUntil: number
  /** The probe for all processes: due, in flight, or answered and to be reported. */
  probe: 'next' | 'out' | 'over' | null
}

/** Nothing was sent yet. */
export const emptyBucket = (name: string, mode: Bucket['mode']): Bucket => ({
  name,
  waiting: [],
  inFlight: 0,
  started: 0,
  heard: false,
  limit: UNTOLD,
  cutAt: 0,
  pausedUntil: 0,
  budget: null,
  timer: undefined,
  mode,
  lookedUpAt: 0,
  questions: 0,
  accepted: 0,
  refusals: 0,
  askAt: 0,
  granted: 0,
  grantedUntil: 0,
  probe: null,
})

/** How many may be in flight now. In a fleet others fly as well, uncounted. */
export function allowed(bucket: Bucket, now: number, inFleet: boolean): number {
  if (now < bucket.pausedUntil || bucket.mode === 'unknown') return 0
  if (bucket.mode === 'reserving') {
    const reserved = now < bucket.grantedUntil ? bucket.granted : 0
    return Math.min(Math.floor(bucket.limit), bucket.inFlight + reserved)
  }
  if (!bucket.heard) return PROBES
  const limit = Math.floor(bucket.limit)
  if (bucket.budget === null) return limit
  const afterReset = now >= bucket.budget.resetAt ? 1 : 0
  const budget = inFleet ? Math.floor(bucket.budget.remaining / SHARE) : bucket.budget.remaining
  return Math.min(limit, Math.max(budget, afterReset))
}

/** Calls that could start now if they were reserved. */
export function roomToReserve(bucket: Bucket, now: number): number {
  if (now < bucket.pausedUntil || now < bucket.askAt) return 0
  if (bucket.granted > 0 && now < bucket.grantedUntil) return 0
  return Math.floor(bucket.limit) - bucket.inFlight
}

/** When waiting calls are to be checked again, unless something ends before. */
export function wakesAt(bucket: Bucket, now: number): number {
  if (now < bucket.pausedUntil) return bucket.pausedUntil
  if (bucket.mode !== 'reserving') return bucket.budget?.resetAt ?? 0
  return bucket.granted > 0 ? bucket.grantedUntil : bucket.askAt
}

/** The calls that were accepted since this was asked last. */
export function takeAccepted(bucket: Bucket): number {
  const { accepted } = bucket
  bucket.accepted = 0
  return accepted
}

/** What the vendor said last, as of now. */
export function heardBy({ budget }: Bucket, now: number): Budget | null {
  if (budget === null) return null
  return { remaining: budget.remaining, window: budget.window, resetsInMs: Math.max(0, budget.resetAt - now) }
}

/** An answer came that was no trouble: one more may fly for each round of them. */
export function speedUp(bucket: Bucket): void {
  bucket.limit = Math.min(bucket.budget ? TOLD : UNTOLD, bucket.limit + 1 / bucket.limit)
}

/** Halves the limit once per round: trouble of requests that were already flying at the last cut says nothing new. */
export function slowDown(bucket: Bucket, number: number): void {
  if (number <= bucket.cutAt) return
  bucket.limit = Math.max(1, bucket.limit / 2)
  bucket.cutAt = bucket.started
}

/** Takes in what an answer said. */
export function learn(bucket: Bucket, heard: Budget): void {
  const resetAt = performance.now() + Math.min(Math.max(heard.resetsInMs, 0), LONGEST_RESET_MS)
  const remaining = Math.max(heard.remaining, 0)
  const known = bucket.budget
  if (known === null) bucket.limit = TOLD
  if (known === null || heard.window > known.window) bucket.budget = { remaining, window: heard.window, resetAt }
  else if (heard.window === known.window) known.remaining = Math.min(known.remaining, remaining)
}
