import { DestinationError } from './destination.ts'

/** In flight before the first answer shows what the vendor allows. */
const PROBES = 5
/** In flight at a vendor that says nothing about its limits. */
const UNTOLD = 10
/** In flight at a vendor that counts down a budget for us; the budget is what limits then. */
const TOLD = 256
/** A reset further away than this is a clock that is wrong. */
const LONGEST_RESET_MS = 60_000

/** What one answer says about the vendor's budget, from `x-ratelimit-remaining` and `x-ratelimit-reset`. */
export interface Budget {
  remaining: number
  /** The vendor's own name for the present window: later windows have higher numbers. Only compared, never read as a time. */
  window: number
  /** Milliseconds from now until the budget grows, by our clock. */
  resetsInMs: number
}

/** The right to send one request. Exactly one of the three is called, once. */
export interface Slot {
  /** The request is over; `budget` is what its answer said, if it said anything. */
  answered(budget?: Budget): void
  /** The vendor refused it for coming too early; nothing of this bucket starts for `waitMs`. */
  refused(waitMs: number, budget?: Budget): void
  /** There was no answer, or the vendor was in trouble: it may be us who are too many. */
  failed(): void
}

export interface Pacer {
  /**
   * Waits for a turn in `bucket`. `again` goes before those that never had a turn; `cancel` takes the waiting back. Rejects
   * with the signal's reason, or with `throttled` when the vendor asked for a pause longer than `longestWaitMs`.
   */
  turn(bucket: string, how?: { again?: boolean; cancel?: AbortSignal }): Promise<Slot>
}

/**
 * Decides how many requests fly at once, per bucket of the vendor's rate limit. Callers may ask for a thousand turns together.
 *
 * With a budget in the answers: never more are started than `remaining` minus those in flight, which the vendor may not have
 * counted yet. That is a lower bound of the true budget whatever order answers arrive in, because within one window the lowest
 * figure is the newest, and everything answered is counted in it. When the budget is spent, the bucket sleeps until the reset
 * and one request finds out how much came back.
 *
 * Without: a small constant. Each round of refusals or failures halves it, in both cases, and each round of answers gives one back.
 */
export function createPacer(options: { signal: AbortSignal; longestWaitMs: number }): Pacer {
  const { signal, longestWaitMs } = options
  const buckets = new Map<string, Bucket>()

  const onAbort = (): void => buckets.forEach((bucket) => abandon(bucket, signal.reason))
  signal.addEventListener('abort', onAbort, { once: true })

  const pump = (bucket: Bucket): void => {
    clearTimeout(bucket.timer)
    const now = performance.now()
    while (bucket.waiting.length > 0 && bucket.inFlight < allowed(bucket, now))
      bucket.waiting.shift()?.start(start(bucket))
    if (bucket.waiting.length === 0) return
    const wakeAt = now < bucket.pausedUntil ? bucket.pausedUntil : (bucket.budget?.resetAt ?? 0)
    if (wakeAt > now) bucket.timer = setTimeout(() => pump(bucket), Math.ceil(wakeAt - now))
  }

  const start = (bucket: Bucket): Slot => {
    bucket.inFlight += 1
    bucket.started += 1
    const number = bucket.started
    const over = (budget: Budget | undefined): void => {
      bucket.inFlight -= 1
      bucket.heard = true
      if (budget) learn(bucket, budget)
    }
    return {
      answered: (budget) => {
        over(budget)
        bucket.limit = Math.min(bucket.budget ? TOLD : UNTOLD, bucket.limit + 1 / bucket.limit)
        pump(bucket)
      },
      refused: (waitMs, budget) => {
        over(budget)
        bucket.pausedUntil = Math.max(bucket.pausedUntil, performance.now() + waitMs)
        slowDown(bucket, number)
        if (waitMs > longestWaitMs) abandon(bucket, throttledUntil(waitMs))
        pump(bucket)
      },
      failed: () => {
        over(undefined)
        slowDown(bucket, number)
        pump(bucket)
      },
    }
  }

  return {
    turn: (name, { again = false, cancel } = {}) => {
      const bucket = buckets.get(name) ?? emptyBucket()
      buckets.set(name, bucket)
      return new Promise((resolve, reject) => {
        // An executor that throws rejects its promise.
        signal.throwIfAborted()
        cancel?.throwIfAborted()
        const pause = bucket.pausedUntil - performance.now()
        if (pause > longestWaitMs) return reject(throttledUntil(pause))

        const takeBack = (): void => {
          bucket.waiting = bucket.waiting.filter((one) => one !== waiter)
          const reason: unknown = cancel?.reason
          reject(reason)
        }
        const settled = (): void => cancel?.removeEventListener('abort', takeBack)
        const waiter: Waiter = {
          start: (slot) => {
            settled()
            resolve(slot)
          },
          abandon: (reason) => {
            settled()
            reject(reason)
          },
        }
        cancel?.addEventListener('abort', takeBack, { once: true })
        if (again) bucket.waiting.unshift(waiter)
        else bucket.waiting.push(waiter)
        pump(bucket)
      })
    },
  }
}

interface Waiter {
  start(slot: Slot): void
  abandon(reason: unknown): void
}

interface Bucket {
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
}

const emptyBucket = (): Bucket => ({
  waiting: [],
  inFlight: 0,
  started: 0,
  heard: false,
  limit: UNTOLD,
  cutAt: 0,
  pausedUntil: 0,
  budget: null,
  timer: undefined,
})

function allowed(bucket: Bucket, now: number): number {
  if (now < bucket.pausedUntil) return 0
  if (!bucket.heard) return PROBES
  const limit = Math.floor(bucket.limit)
  if (bucket.budget === null) return limit
  const afterReset = now >= bucket.budget.resetAt ? 1 : 0
  return Math.min(limit, Math.max(bucket.budget.remaining, afterReset))
}

/** Halves the limit once per round: trouble of requests that were already flying at the last cut says nothing new. */
function slowDown(bucket: Bucket, number: number): void {
  if (number <= bucket.cutAt) return
  bucket.limit = Math.max(1, bucket.limit / 2)
  bucket.cutAt = bucket.started
}

function learn(bucket: Bucket, heard: Budget): void {
  const resetAt = performance.now() + Math.min(Math.max(heard.resetsInMs, 0), LONGEST_RESET_MS)
  const remaining = Math.max(heard.remaining, 0)
  const known = bucket.budget
  if (known === null) bucket.limit = TOLD
  if (known === null || heard.window > known.window) bucket.budget = { remaining, window: heard.window, resetAt }
  else if (heard.window === known.window) known.remaining = Math.min(known.remaining, remaining)
}

function abandon(bucket: Bucket, reason: unknown): void {
  clearTimeout(bucket.timer)
  for (const waiter of bucket.waiting.splice(0)) waiter.abandon(reason)
}

const throttledUntil = (waitMs: number): DestinationError =>
  new DestinationError('throttled', 'Too many calls: the vendor asks for a longer pause than one run waits', {
    retryAt: new Date(Date.now() + waitMs),
  })
