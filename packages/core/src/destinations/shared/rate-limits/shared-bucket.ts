/**
 * One token bucket of one account at a provider, shared by all processes, as a value: nothing here waits, sends or
 * stores. While there is plenty, nobody reserves. Once it is tight or a call was refused, each call is reserved first,
 * so that all processes together send no more than the provider allows.
 */
import { type Budget, isTight, LONGEST_PAUSE_MS, type RateLimit } from './rate-limit.ts'

/** Milliseconds after the bucket was last tight until calls need no reservation. */
const RESERVED_MS = 60_000
/** Milliseconds within which a call that finds out what is left must have reported it. */
const REPORT_MS = 2_000
/** Milliseconds between two questions of a process that waits for that report. */
const POLL_MS = 50

/** Times are in milliseconds of one clock that all processes share. */
export interface SharedBucket {
  /** Until then, every call is reserved. */
  reservedUntil: number
  /** Until then, the provider wants no call. */
  pausedUntil: number
  /** Calls left to reserve. Null: the provider neither documents nor reports a limit, so only its pauses count. */
  tokens: number | null
  refillsAt: number
  /** The provider's window that `tokens` comes from; null while it reports none. */
  window: number | null
  /** One call is finding out what is left. */
  awaitsReport: boolean
  /** Processes that got nothing, in the order they asked, and until when one call is kept for each. */
  waiting: { process: string; until: number }[]
}

/** A process asks to start `want` calls; with 0 it only reports. */
export interface Reservation {
  /** Identifies the process. */
  process: string
  want: number
  /** What the provider reported last; `none` when its answers report nothing, null before the first one. */
  reported: Budget | 'none' | null
  /** The provider's limit, as the destination declares it. */
  limit: RateLimit | null
}

export type Grant =
  /** There is plenty: no need to reserve. */
  | { isReserved: false }
  /** `calls` may start within `goodForMs`; when that is none, ask again in `waitMs`. */
  | { isReserved: true; calls: number; goodForMs: number; waitMs: number; isPaused: boolean }

/** A call that the provider refused for coming too early. */
export interface Refusal extends Pick<Reservation, 'reported' | 'limit'> {
  /** How long the account is to be left alone. */
  waitMs: number
}

/**
 * False for a bucket that is kept for longer than a pause lasts: the clock was set back, and waiting would take as long
 * as it was wrong.
 */
export const isPossible = ({ reservedUntil, refillsAt }: SharedBucket, now: number): boolean =>
  Math.max(reservedUntil, refillsAt) <= now + LONGEST_PAUSE_MS + 2 * RESERVED_MS

/** Whether calls have to be reserved. */
export const needsReservation = (bucket: SharedBucket | null, now: number, limit: RateLimit | null): boolean =>
  limit?.source === 'documented' || (bucket !== null && now < bucket.reservedUntil)

/** Reserves calls. Returns the bucket after it, and what was granted. */
export function reserve(
  before: SharedBucket | null,
  now: number,
  { process, want, reported, limit }: Reservation,
): { bucket: SharedBucket; grant: Grant } {
  const tight = reported !== 'none' && isTight(reported)
  if (!tight && !needsReservation(before, now, limit))
    return { bucket: before ?? fullBucket(now, limit), grant: { isReserved: false } }
  const bucket = withReport(before, now, { reported, limit })
  const isPaused = now < bucket.pausedUntil
  if (!isPaused && want > 0) refill(bucket, now, limit)
  const calls = isPaused ? 0 : available(bucket, now, process, want)
  if (bucket.tokens !== null) bucket.tokens -= calls
  if (tight || calls < want) bucket.reservedUntil = Math.max(bucket.reservedUntil, now + RESERVED_MS)
  const waitMs = calls > 0 || want === 0 ? 0 : untilMore(bucket, now)
  keepPlace(bucket, now, process, calls === 0 && want > 0 ? now + waitMs + REPORT_MS : null)
  const goodForMs = bucket.awaitsReport || bucket.tokens === null ? REPORT_MS : bucket.refillsAt - now
  return { bucket, grant: { isReserved: true, calls, goodForMs, waitMs, isPaused } }
}

/** The bucket after a refusal: empty, and paused for all. */
export function refuse(before: SharedBucket | null, now: number, { waitMs, ...report }: Refusal): SharedBucket {
  const bucket = withReport(before, now, report)
  bucket.pausedUntil = Math.max(bucket.pausedUntil, now + waitMs)
  bucket.reservedUntil = bucket.pausedUntil + RESERVED_MS
  bucket.refillsAt = bucket.pausedUntil
  bucket.awaitsReport = false
  if (bucket.tokens !== null) bucket.tokens = 0
  return bucket
}

const fullBucket = (now: number, limit: RateLimit | null): SharedBucket => ({
  reservedUntil: 0,
  pausedUntil: 0,
  tokens: limit?.capacity ?? null,
  refillsAt: now + (limit?.intervalMs ?? 0),
  window: null,
  awaitsReport: false,
  waiting: [],
})

/** A copy that knows what was reported. */
function withReport(
  before: SharedBucket | null,
  now: number,
  { reported, limit }: Pick<Reservation, 'reported' | 'limit'>,
): SharedBucket {
  const bucket = before === null ? fullBucket(now, limit) : structuredClone(before)
  if (reported === 'none') bucket.window = null
  if (reported === 'none' || reported === null) return bucket
  const remaining = Math.max(reported.remaining, 0)
  const refillsAt = now + reported.resetsInMs
  if (bucket.window === null || reported.window > bucket.window) {
    // Calls that nobody reserved may be on their way.
    const tokens = needsReservation(before, now, limit) ? remaining : Math.floor(remaining / 2)
    Object.assign(bucket, { window: reported.window, tokens, refillsAt, awaitsReport: false })
  } else if (reported.window === bucket.window) {
    // Of a window that is over, no report says what came back.
    if (refillsAt <= now) return bucket
    bucket.tokens = Math.min(bucket.tokens ?? remaining, remaining)
    bucket.refillsAt = bucket.awaitsReport ? refillsAt : Math.max(bucket.refillsAt, refillsAt)
    bucket.awaitsReport = false
  }
  return bucket
}

/** Adds what came back: as documented, or one call that finds out where answers report it. */
function refill(bucket: SharedBucket, now: number, limit: RateLimit | null): void {
  if (bucket.tokens === null || now < bucket.refillsAt) return
  if (bucket.window !== null) {
    bucket.tokens = 1
    bucket.refillsAt = now + REPORT_MS
    bucket.awaitsReport = true
  } else if (limit === null) {
    bucket.tokens = null
  } else {
    const steps = 1 + Math.floor((now - bucket.refillsAt) / limit.intervalMs)
    bucket.tokens = Math.min(limit.capacity, bucket.tokens + steps * limit.refill)
    bucket.refillsAt += steps * limit.intervalMs
  }
}

/** How many of `want` calls a process gets: half of what is left at most, and nothing kept for those before it. */
function available(
  { tokens, waiting, awaitsReport }: SharedBucket,
  now: number,
  process: string,
  want: number,
): number {
  if (tokens === null) return want
  if (awaitsReport) return Math.min(tokens, want)
  const queue = waiting.filter(({ until }) => now < until)
  const place = queue.findIndex((one) => one.process === process)
  const ahead = place === -1 ? queue.length : place
  return Math.max(0, Math.min(want, Math.ceil(tokens / 2), tokens - ahead))
}

function untilMore(bucket: SharedBucket, now: number): number {
  if (now < bucket.pausedUntil) return bucket.pausedUntil - now
  return bucket.awaitsReport ? POLL_MS : Math.max(1, bucket.refillsAt - now)
}

/** Keeps the place of `process` until then, or ends its waiting. */
function keepPlace(bucket: SharedBucket, now: number, process: string, until: number | null): void {
  const queue = bucket.waiting.filter((one) => now < one.until)
  const isWaiting = queue.some((one) => one.process === process)
  if (until === null) bucket.waiting = queue.filter((one) => one.process !== process)
  else if (isWaiting) bucket.waiting = queue.map((one) => (one.process === process ? { process, until } : one))
  else bucket.waiting = [...queue, { process, until }]
}
