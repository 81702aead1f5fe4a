import { DestinationError } from '../../destination-error.ts'
import {
  allowed,
  emptyBucket,
  limitAfterRefusal,
  type LocalBucket,
  noteAnswer,
  reportedBy,
  roomToReserve,
  settle,
  slowDown,
  takeGrant,
  type Waiter,
  wakesAt,
} from './local-bucket.ts'
import { type Budget, isTight, type RateLimit } from './rate-limit.ts'
import type { Grant, Refusal, Reservation } from './shared-bucket.ts'

/** Calls reserved at once. */
const CHUNK = 32
/** Milliseconds after which it is read again whether calls have to be reserved. */
const CHECK_MS = 1_000

/** A permit for one request; settle it exactly once. */
export interface Permit {
  /** The request is over. `budget`: what its answer reported, if anything. */
  answered(budget?: Budget): void
  /** The provider refused it for coming too early; no call of this bucket starts for `waitMs`. */
  refused(waitMs: number, budget?: Budget): void
  /** No answer came, or the provider failed, maybe because of too many calls. */
  failed(): void
}

/** The buckets of one account, shared by all processes. Never rejects: without its store, calls need no reservation. */
export interface SharedRateLimit {
  /** Whether calls have to be reserved. Cheap. */
  needsReservation(bucket: string): Promise<boolean>
  reserve(bucket: string, reservation: Reservation): Promise<Grant>
  refused(bucket: string, refusal: Refusal): Promise<void>
}

interface PermitOptions {
  /** It had a permit before: it is served before those that never had one. */
  again?: boolean
  /** Stops waiting. */
  cancel?: AbortSignal
}

export interface RateLimiter {
  /**
   * Waits for a permit in `bucket`. Rejects with the signal's reason, or with `throttled` when the provider requested a
   * pause longer than `longestWaitMs`.
   */
  permit(bucket: string, how?: PermitOptions): Promise<Permit>
  /** As many calls follow in `bucket`: where calls are reserved, these are together. */
  expect(bucket: string, calls: number): void
}

export interface RateLimiterOptions {
  signal: AbortSignal
  longestWaitMs: number
  /** The provider's limits, by bucket. */
  limits?: Readonly<Record<string, RateLimit>>
  /** Left out: no other process uses the account. */
  shared?: SharedRateLimit
}

/**
 * Decides how many requests are in flight, per bucket of the provider's rate limit. Callers may request a thousand
 * permits together.
 *
 * Where answers report what is left, no more are started than that minus those in flight, which the provider may not
 * have counted yet. Otherwise a small constant. Each round of refusals or failures halves it, and each round of answers
 * gives one back. With a `shared` limit, calls are reserved there: always where the limit is documented but not
 * reported, else as soon as little is left or a call was refused.
 */
export function createRateLimiter({ signal, longestWaitMs, limits = {}, shared }: RateLimiterOptions): RateLimiter {
  const process = crypto.randomUUID()
  const buckets = new Map<string, LocalBucket>()

  const onAbort = (): void => buckets.forEach((bucket) => abandon(bucket, signal.reason))
  signal.addEventListener('abort', onAbort, { once: true })

  const bucketOf = (name: string): LocalBucket => {
    const known = buckets.get(name)
    if (known) return known
    const limit = limits[name] ?? null
    const mode = shared === undefined ? 'free' : limit?.source === 'documented' ? 'reserving' : 'unknown'
    const made = emptyBucket(name, limit, mode)
    buckets.set(name, made)
    return made
  }

  const startWaiting = (bucket: LocalBucket): void => {
    clearTimeout(bucket.timer)
    const now = performance.now()
    while (bucket.waiting.length > 0 && bucket.inFlight < allowed(bucket, now, shared !== undefined)) {
      if (bucket.mode === 'reserving') bucket.granted -= 1
      bucket.waiting.shift()?.start(start(bucket))
    }
    if (shared && bucket.asking === 0 && !signal.aborted) ask(shared, bucket, now)
    if (bucket.waiting.length === 0) return
    const wakeAt = wakesAt(bucket, now)
    if (wakeAt > now) bucket.timer = setTimeout(() => startWaiting(bucket), Math.ceil(wakeAt - now))
  }

  const ask = ({ needsReservation, reserve }: SharedRateLimit, bucket: LocalBucket, now: number): void => {
    const { limit, name, waiting } = bucket
    if (bucket.mode === 'reserving') {
      const canStart = waiting.length > 0 && roomToReserve(bucket, now) > 0
      if (!canStart && !bucket.hasNews) return
      bucket.hasNews = false
      const want = canStart ? Math.min(Math.max(waiting.length, bucket.expected), CHUNK) : 0
      const question = reserve(name, { process, want, reported: reportedBy(bucket, now), limit })
      void answer(bucket, question, (grant) => {
        takeGrant(bucket, grant, want)
        if (grant.isReserved && grant.isPaused) pause(bucket, grant.waitMs)
      })
    } else if (waiting.length > 0 && (bucket.mode === 'unknown' || now - bucket.checkedAt >= CHECK_MS)) {
      bucket.checkedAt = now
      void answer(bucket, needsReservation(name), (isNeeded) => {
        // What an answer reported meanwhile is newer.
        if (bucket.mode !== 'reserving') bucket.mode = isNeeded ? 'reserving' : 'free'
      })
    }
  }

  const answer = async <T>(bucket: LocalBucket, question: Promise<T>, then: (answer: T) => void): Promise<void> => {
    const { refusals } = bucket
    bucket.asking += 1
    const given = await question
    bucket.asking -= 1
    if (signal.aborted) return
    // What was granted before a refusal is void.
    if (bucket.refusals === refusals) then(given)
    startWaiting(bucket)
  }

  const pause = (bucket: LocalBucket, waitMs: number): void => {
    bucket.pausedUntil = Math.max(bucket.pausedUntil, performance.now() + waitMs)
    if (waitMs > longestWaitMs) abandon(bucket, throttledFor(waitMs))
  }

  const start = (bucket: LocalBucket): Permit => {
    bucket.inFlight += 1
    bucket.started += 1
    bucket.expected = Math.max(0, bucket.expected - 1)
    const number = bucket.started
    return {
      answered: (reported) => {
        const budget = settle(bucket, reported)
        noteAnswer(bucket, number, budget)
        if (shared && budget && isTight(budget)) bucket.mode = 'reserving'
        startWaiting(bucket)
      },
      refused: (waitMs, reported) => {
        const budget = settle(bucket, reported)
        bucket.limit = limitAfterRefusal(bucket, number)
        if (shared) {
          bucket.refusals += 1
          bucket.mode = 'reserving'
          bucket.granted = 0
          const refusal = { waitMs, reported: budget ?? null, limit: bucket.limit }
          void answer(bucket, shared.refused(bucket.name, refusal), () => {})
        }
        slowDown(bucket, number)
        pause(bucket, waitMs)
        startWaiting(bucket)
      },
      failed: () => {
        settle(bucket, undefined)
        slowDown(bucket, number)
        startWaiting(bucket)
      },
    }
  }

  return {
    expect: (name, calls) => void (bucketOf(name).expected = calls),
    async permit(name, how = {}) {
      signal.throwIfAborted()
      how.cancel?.throwIfAborted()
      const bucket = bucketOf(name)
      const pauseMs = bucket.pausedUntil - performance.now()
      if (pauseMs > longestWaitMs) throw throttledFor(pauseMs)
      const permit = waitIn(bucket, how)
      startWaiting(bucket)
      return permit
    },
  }
}

/** Resolves when the bucket starts it. */
function waitIn(bucket: LocalBucket, { again = false, cancel }: PermitOptions): Promise<Permit> {
  const { promise, resolve, reject } = Promise.withResolvers<Permit>()
  const onCancel = (): void => {
    bucket.waiting = bucket.waiting.filter((one) => one !== waiter)
    reject(cancel?.reason)
  }
  const settled = (): void => cancel?.removeEventListener('abort', onCancel)
  const waiter: Waiter = {
    start: (permit) => {
      settled()
      resolve(permit)
    },
    abandon: (reason) => {
      settled()
      reject(reason)
    },
  }
  cancel?.addEventListener('abort', onCancel, { once: true })
  if (again) bucket.waiting.unshift(waiter)
  else bucket.waiting.push(waiter)
  return promise
}

function abandon(bucket: LocalBucket, reason: unknown): void {
  clearTimeout(bucket.timer)
  for (const waiter of bucket.waiting.splice(0)) waiter.abandon(reason)
}

const throttledFor = (waitMs: number): DestinationError =>
  new DestinationError('throttled', 'Too many calls: the provider requests a longer pause than one run waits', {
    retryAt: new Date(Date.now() + waitMs),
  })
