import type { Budget, RateLimit } from './rate-limit.ts'
import type { Permit } from './rate-limiter.ts'
import type { Grant } from './shared-bucket.ts'

/** In flight before the first answer shows what the provider allows. */
const FIRST = 5
/** In flight at a provider that reports nothing about its limits. */
const UNREPORTED = 10
/** In flight at a provider that reports what is left; its report is what limits then. */
const REPORTED = 256
/** Part of a budget that is not tight which one process may have in flight: others may be as busy. */
const SHARE = 8
/** A reset further away than this is a clock that is wrong. */
const LONGEST_RESET_MS = 60_000

/** A call that waits for its permit. */
export interface Waiter {
  start(permit: Permit): void
  abandon(reason: unknown): void
}

/** One bucket of the provider, as this process sees it. Times are those of `performance.now()`. */
export interface LocalBucket {
  name: string
  /** As the provider documents it. */
  limit: RateLimit | null
  waiting: Waiter[]
  inFlight: number
  started: number
  isAnswered: boolean
  /** The call after `limit.trialAfter` others was answered: that is no limit. */
  isTrialPassed: boolean
  /** In flight at most. */
  most: number
  /** `started` when `most` was last halved. */
  halvedAt: number
  pausedUntil: number
  budget: { remaining: number; window: number; resetsAt: number } | null
  timer: NodeJS.Timeout | undefined
  /** Whether each call is reserved; `unknown` until the shared bucket was read. */
  mode: 'unknown' | 'free' | 'reserving'
  checkedAt: number
  /** Questions to the shared bucket that have no answer yet. */
  asking: number
  refusals: number
  /** A new window was reported that the other processes don't know yet. */
  hasNews: boolean
  /** When to ask again after getting nothing. */
  askAt: number
  /** Calls that are to follow, as far as the client knows: they are reserved together. */
  expected: number
  /** Reserved calls that have not started, and until when they may. */
  granted: number
  grantedUntil: number
}

/** Nothing was sent yet. */
export const emptyBucket = (name: string, limit: RateLimit | null, mode: LocalBucket['mode']): LocalBucket => ({
  name,
  limit,
  waiting: [],
  inFlight: 0,
  started: 0,
  isAnswered: false,
  isTrialPassed: false,
  most: UNREPORTED,
  halvedAt: 0,
  pausedUntil: 0,
  budget: null,
  timer: undefined,
  mode,
  checkedAt: 0,
  asking: 0,
  refusals: 0,
  hasNews: false,
  askAt: 0,
  expected: 0,
  granted: 0,
  grantedUntil: 0,
})

/** How many may be in flight now. With `isShared`, other processes send as well, uncounted. */
export function allowed(bucket: LocalBucket, now: number, isShared: boolean): number {
  if (now < bucket.pausedUntil || bucket.mode === 'unknown') return 0
  const most = Math.min(Math.floor(bucket.most), allowedByTrial(bucket))
  if (bucket.mode === 'reserving')
    return Math.min(most, bucket.inFlight + (now < bucket.grantedUntil ? bucket.granted : 0))
  // Of an assumed limit no answer says anything, so there is none to wait for.
  if (!bucket.isAnswered && bucket.budget === null && bucket.limit?.source !== 'assumed') return Math.min(FIRST, most)
  if (bucket.budget === null) return most
  // After the reset, one call finds out how much came back.
  const afterReset = now >= bucket.budget.resetsAt ? 1 : 0
  const { remaining } = bucket.budget
  return Math.min(most, Math.max(isShared ? Math.floor(remaining / SHARE) : remaining, afterReset))
}

function allowedByTrial({ limit, isTrialPassed, started, inFlight }: LocalBucket): number {
  if (limit?.trialAfter === undefined || isTrialPassed) return Number.POSITIVE_INFINITY
  return started < limit.trialAfter ? inFlight + limit.trialAfter - started : 1
}

/** The limit as a refusal of the bucket's call `number` shows it. */
export function limitAfterRefusal({ limit, isTrialPassed }: LocalBucket, number: number): RateLimit | null {
  const { trialAfter } = limit ?? {}
  if (limit === null || trialAfter === undefined || isTrialPassed || number <= trialAfter) return limit
  return { ...limit, capacity: trialAfter, refill: trialAfter, trialAfter: undefined }
}

/** Calls that could start now if they were reserved. */
export function roomToReserve(bucket: LocalBucket, now: number): number {
  if (now < bucket.pausedUntil || now < bucket.askAt) return 0
  if (bucket.granted > 0 && now < bucket.grantedUntil) return 0
  return Math.floor(bucket.most) - bucket.inFlight
}

/** When waiting calls are to be checked again, unless an answer comes before. */
export function wakesAt(bucket: LocalBucket, now: number): number {
  if (now < bucket.pausedUntil) return bucket.pausedUntil
  if (bucket.mode !== 'reserving') return bucket.budget?.resetsAt ?? 0
  return bucket.granted > 0 ? bucket.grantedUntil : bucket.askAt
}

/** What the provider reported last, as of now; `none` when its answers report nothing, null before the first one. */
export function reportedBy({ budget, isAnswered }: LocalBucket, now: number): Budget | 'none' | null {
  if (budget === null) return isAnswered ? 'none' : null
  return { remaining: budget.remaining, window: budget.window, resetsInMs: Math.max(0, budget.resetsAt - now) }
}

/** What the shared bucket granted of `want` calls. */
export function takeGrant(bucket: LocalBucket, grant: Grant, want: number): void {
  const now = performance.now()
  if (!grant.isReserved) {
    bucket.mode = 'free'
    bucket.checkedAt = now
  } else if (want > 0) {
    bucket.granted = grant.calls
    bucket.grantedUntil = now + grant.goodForMs
    bucket.askAt = now + grant.waitMs
  }
}

/** A call is over. Returns what it reported, where the bucket's reports count. */
export function settle(bucket: LocalBucket, reported: Budget | undefined): Budget | undefined {
  const budget = bucket.limit?.isUnreported ? undefined : reported
  bucket.inFlight -= 1
  if (budget) learn(bucket, budget)
  return budget
}

/** The bucket's call `number` was let through. */
export function noteAnswer(bucket: LocalBucket, number: number, budget: Budget | undefined): void {
  bucket.isAnswered = true
  if (number > (bucket.limit?.trialAfter ?? Infinity)) bucket.isTrialPassed = true
  // A provider that stops reporting is one that doesn't report.
  if (!budget) bucket.budget = null
  speedUp(bucket)
}

/** Allows one more in flight for each round of answers. */
function speedUp(bucket: LocalBucket): void {
  bucket.most = Math.min(bucket.budget ? REPORTED : UNREPORTED, bucket.most + 1 / bucket.most)
}

/** Halves `most` once per round: a failure of a request that was in flight at the last cut says nothing new. */
export function slowDown(bucket: LocalBucket, number: number): void {
  if (number <= bucket.halvedAt) return
  bucket.most = Math.max(1, bucket.most / 2)
  bucket.halvedAt = bucket.started
}

/**
 * Takes in what an answer reported. The budget is a lower bound of the true one in whatever order answers arrive:
 * within one window the lowest figure is the newest, and everything that was answered is counted in it.
 */
function learn(bucket: LocalBucket, reported: Budget): void {
  const resetsAt = performance.now() + Math.min(Math.max(reported.resetsInMs, 0), LONGEST_RESET_MS)
  const remaining = Math.max(reported.remaining, 0)
  const known = bucket.budget
  if (known === null) bucket.most = REPORTED
  if (known === null || reported.window > known.window) {
    bucket.budget = { remaining, window: reported.window, resetsAt }
    bucket.hasNews = true
  } else if (reported.window === known.window) known.remaining = Math.min(known.remaining, remaining)
}
