import { DestinationError } from './destination.ts'
import { type Answer, type Ask, type Refusal, TIGHT } from './fleet-pace.ts'

/** In flight before the first answer shows what the vendor allows. */
const PROBES = 5
/** In flight at a vendor that says nothing about its limits. */
const UNTOLD = 10
/** In flight at a vendor that counts down a budget for us; the budget is what limits then. */
const TOLD = 256
/** Calls reserved at once. */
const CHUNK = 32
/** Part of a budget that is not tight which one process may have in flight: others may be as busy. */
const SHARE = 8
/** Milliseconds after which it is looked up again whether calls have to be reserved. */
const LOOK_UP_MS = 1_000
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

/** What the processes of a fleet share about one account's limits. Never rejects: what cannot be shared is answered as plenty. */
export interface FleetPace {
  /** Whether calls have to be reserved. Cheap. */
  isShared(bucket: string): Promise<boolean>
  ask(bucket: string, ask: Ask): Promise<Answer>
  refused(bucket: string, refusal: Refusal): Promise<void>
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
 *
 * With a `fleet`, all that share the account reserve their calls as soon as the budget is tight or something was refused.
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
        bucket.limit = Math.min(bucket.budget ? TOLD : UNTOLD, bucket.limit + 1 / bucket.limit)
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

interface Waiter {
  start(slot: Slot): void
  abandon(reason: unknown): void
}

interface Bucket {
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
  /** Whether calls go by what this process knows, or are reserved; `unknown` until the others were asked. */
  mode: 'unknown' | 'free' | 'reserving'
  lookedUpAt: number
  /** Questions to the others that are out. */
  questions: number
  /** Calls that were accepted and not told of. */
  accepted: number
  /** Refusals so far. */
  refusals: number
  /** When to ask again after getting nothing. */
  askAt: number
  /** Reserved calls that have not started, and until when they may. */
  granted: number
  grantedUntil: number
  /** The call that finds out for all what there is: the next one, out, or back and to be told of. */
  probe: 'next' | 'out' | 'over' | null
}

const emptyBucket = (name: string, mode: Bucket['mode']): Bucket => ({
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

function allowed(bucket: Bucket, now: number, inFleet: boolean): number {
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
function roomToReserve(bucket: Bucket, now: number): number {
  if (now < bucket.pausedUntil || now < bucket.askAt) return 0
  if (bucket.granted > 0 && now < bucket.grantedUntil) return 0
  return Math.floor(bucket.limit) - bucket.inFlight
}

function wakesAt(bucket: Bucket, now: number): number {
  if (now < bucket.pausedUntil) return bucket.pausedUntil
  if (bucket.mode !== 'reserving') return bucket.budget?.resetAt ?? 0
  return bucket.granted > 0 ? bucket.grantedUntil : bucket.askAt
}

function takeAccepted(bucket: Bucket): number {
  const { accepted } = bucket
  bucket.accepted = 0
  return accepted
}

function heardBy({ budget }: Bucket, now: number): Budget | null {
  if (budget === null) return null
  return { remaining: budget.remaining, window: budget.window, resetsInMs: Math.max(0, budget.resetAt - now) }
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
