import { DestinationError } from './destination.ts'
import { type Answer, type Ask, type Refusal, TIGHT } from './fleet-pace.ts'
import {
  allowed,
  type Bucket,
  emptyBucket,
  heardBy,
  learn,
  roomToReserve,
  slowDown,
  speedUp,
  takeAccepted,
  type Waiter,
  wakesAt,
} from './pace-bucket.ts'

/** Calls reserved at once. */
const CHUNK = 32
/** Milliseconds after which it is looked up again whether calls have to be reserved. */
const LOOK_UP_MS = 1_000

/** What one answer says about the vendor's budget, from `x-ratelimit-remaining` and `x-ratelimit-reset`. */
export interface Budget {
  remaining: number
  /**
   * The vendor's own name for the present window: later windows have higher numbers. Only compared, never read as a
   * time.
   */
  window: number
  /** Milliseconds from now until the budget grows, by our clock. */
  resetsInMs: number
}

/** The right to send one request. Exactly one of the three is called, once. */
export interface Slot {
  /** The request is over; `budget` is what its answer said, if it said anything. */
  answered(budget?: Budget): void
  /** The vendor refused it for coming too early; no call of this bucket starts for `waitMs`. */
  refused(waitMs: number, budget?: Budget): void
  /** There was no answer, or the vendor was in trouble: it may be us who are too many. */
  failed(): void
}

/**
 * What the processes of a fleet share about one account's limits. Never rejects: what cannot be shared is answered as
 * plenty.
 */
export interface FleetPace {
  /** Whether calls have to be reserved. Cheap. */
  isShared(bucket: string): Promise<boolean>
  ask(bucket: string, ask: Ask): Promise<Answer>
  refused(bucket: string, refusal: Refusal): Promise<void>
}

export interface Pacer {
  /**
   * Waits for a turn in `bucket`. `again` is served before those that never had a turn; `cancel` stops waiting. Rejects
   * with the signal's reason, or with `throttled` when the vendor requested a pause longer than `longestWaitMs`.
   */
  turn(bucket: string, how?: { again?: boolean; cancel?: AbortSignal }): Promise<Slot>
}

/**
 * Decides how many requests fly at once, per bucket of the vendor's rate limit. Callers may ask for a thousand turns
 * together.
 *
 * With a budget in the answers: never more are started than `remaining` minus those in flight, which the vendor may not
 * have counted yet. That is a lower bound of the true budget whatever order answers arrive in, because within one
 * window the lowest figure is the newest, and everything answered is counted in it. When the budget is spent, the
 * bucket sleeps until the reset and one request finds out how much came back.
 *
 * Without: a small constant. Each round of refusals or failures halves it, in both cases, and each round of answers
 * gives one back.
 *
 * With a `fleet`, all that share the account reserve their calls as soon as the budget is tight or something was
 * refused.
 */
export function createPacer(options: { signal: AbortSignal; longestWaitMs: number; fleet?: FleetPace }): Pacer {
  const { signal, longestWaitMs, fleet } = options
  const who = crypto.randomUUID()
  const buckets = new Map<string, Bucket>()

  const onAbort = (): void => buckets.forEach((bucket) => abandon(bucket, signal.reason))
  signal.addEventListener('abort', onAbort, { once: true })

  const pump = (bucket: Bucket): void => {
    clearTimeout(bucket.timer)
    const now = performance.now()
    while (bucket.waiting.length > 0 && bucket.inFlight < allowed(bucket, now, fleet !== undefined)) {
      if (bucket.mode === 'reserving') bucket.granted -= 1
      bucket.waiting.shift()?.start(start(bucket))
    }
    if (fleet) consult(fleet, bucket, now)
    if (bucket.waiting.length === 0) return
    const wakeAt = wakesAt(bucket, now)
    if (wakeAt > now) bucket.timer = setTimeout(() => pump(bucket), Math.ceil(wakeAt - now))
  }

  /** Asks what the others know, one question at a time. */
  const consult = (fleet: FleetPace, bucket: Bucket, now: number): void => {
    if (bucket.questions > 0 || signal.aborted) return
    const wants = bucket.waiting.length > 0
    if (bucket.mode !== 'reserving') {
      if (!wants || (bucket.mode === 'free' && now - bucket.lookedUpAt < LOOK_UP_MS)) return
      bucket.lookedUpAt = now
      void answering(bucket, fleet.isShared(bucket.name), (isShared) => {
        // What was heard meanwhile is newer than what was found.
        if (bucket.mode !== 'reserving') bucket.mode = isShared ? 'reserving' : 'free'
      })
    } else if (bucket.probe === 'over' || (wants && roomToReserve(bucket, now) > 0)) {
      const probed = bucket.probe === 'over'
      if (probed) bucket.probe = null
      const want = Math.min(bucket.waiting.length, CHUNK)
      const question = { who, want, heard: heardBy(bucket, now), accepted: takeAccepted(bucket), probed }
      void answering(bucket, fleet.ask(bucket.name, question), (answer) => reserve(bucket, answer))
    }
  }

  const answering = async <T>(bucket: Bucket, answer: Promise<T>, then: (answer: T) => void): Promise<void> => {
    const { refusals } = bucket
    bucket.questions += 1
    const given = await answer
    bucket.questions -= 1
    if (signal.aborted) return
    // What was granted before a refusal is worth nothing.
    if (bucket.refusals === refusals) then(given)
    pump(bucket)
  }

  const reserve = (bucket: Bucket, answer: Answer): void => {
    const now = performance.now()
    if (!answer.shared) {
      bucket.mode = 'free'
      bucket.lookedUpAt = now
      return
    }
    bucket.granted = answer.granted
    bucket.grantedUntil = now + answer.goodForMs
    bucket.askAt = answer.granted > 0 ? now : now + answer.waitMs
    if (answer.probe) bucket.probe = 'next'
    if (!answer.paused) return
    bucket.pausedUntil = Math.max(bucket.pausedUntil, now + answer.waitMs)
    if (answer.waitMs > longestWaitMs) abandon(bucket, throttledUntil(answer.waitMs))
  }

  const start = (bucket: Bucket): Slot => {
    bucket.inFlight += 1
    bucket.started += 1
    const number = bucket.started
    const probes = bucket.probe === 'next'
    if (probes) bucket.probe = 'out'
    const over = (budget: Budget | undefined): void => {
      bucket.inFlight -= 1
      bucket.heard = true
      if (budget) learn(bucket, budget)
    }
    return {
      answered: (budget) => {
        over(budget)
        bucket.accepted += 1
        if (probes) bucket.probe = 'over'
        if (fleet && budget && budget.remaining < TIGHT) bucket.mode = 'reserving'
        speedUp(bucket)
        pump(bucket)
      },
      refused: (waitMs, budget) => {
        over(budget)
        if (probes) bucket.probe = null
        if (fleet) {
          bucket.refusals += 1
          bucket.mode = 'reserving'
          bucket.granted = 0
          const refusal = { waitMs, heard: budget ?? null, accepted: takeAccepted(bucket) }
          void answering(bucket, fleet.refused(bucket.name, refusal), () => {})
        }
        bucket.pausedUntil = Math.max(bucket.pausedUntil, performance.now() + waitMs)
        slowDown(bucket, number)
        if (waitMs > longestWaitMs) abandon(bucket, throttledUntil(waitMs))
        pump(bucket)
      },
      failed: () => {
        over(undefined)
        if (probes) bucket.probe = null
        slowDown(bucket, number)
        pump(bucket)
      },
    }
  }

  return {
    turn: (name, { again = false, cancel } = {}) => {
      const bucket = buckets.get(name) ?? emptyBucket(name, fleet ? 'unknown' : 'free')
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

function abandon(bucket: Bucket, reason: unknown): void {
  clearTimeout(bucket.timer)
  for (const waiter of bucket.waiting.splice(0)) waiter.abandon(reason)
}

const throttledUntil = (waitMs: number): DestinationError =>
  new DestinationError('throttled', 'Too many calls: the vendor asks for a longer pause than one run waits', {
    retryAt: new Date(Date.now() + waitMs),
  })
