/**
 * What several processes agree on about one rate limit of one account, as a value: nothing here waits, sends or stores.
 * While there is plenty nobody asks. Once it is tight, every call is reserved first, so that all of them together never
 * send more than the vendor holds, and one call alone finds out how much came back.
 */
import type { Budget } from './pace.ts'

/** Milliseconds without want after which reservations end. */
const SHARED_MS = 60_000
/** Milliseconds that a call which finds out may take before another one may try. */
const PROBE_MS = 2_000
/** Milliseconds between two questions of those who wait for what it finds out. */
const PROBE_POLL_MS = 50
/** A vendor's budget below this is tight. */
export const TIGHT = 256
/** Calls that one reservation gets at a vendor whose budget nobody knows yet. */
const BLIND = 8
/** Accepted calls between two exhaustions that are enough to derive a rate. */
const ENOUGH = 4
/** Of the rate that was measured, so that a refusal is an exception. */
const CAREFUL = 0.95
/** What is left of a rate that was refused. */
const SLOWER = 0.85
/** Milliseconds of the learned rate that may be saved up. */
const SAVED_MS = 1_000
/**
 * A rate that meets no refusal is raised: soon while it is the first, which pauses made too low, later when it was
 * measured often. Each raise that meets none either is the square of the one before: a limit that was a passing trouble
 * is forgotten in about a minute.
 */
const RAISE = { first: { afterMs: 10_000, by: 1.25 }, later: { afterMs: 30_000, by: 1.1 }, nextMs: 10_000, squared: 5 }

/** Times are in milliseconds of one clock that all share. */
export interface Pace {
  /** Until then every call is reserved. */
  sharedUntil: number
  /** Until then the vendor wants no call. */
  pausedUntil: number
  /** One call is to find out what there is; nobody else starts until then. Null: known. */
  probe: number | null
  /**
   * Processes that got nothing, in the order they asked: what there is next is kept for them until then, one call each.
   */
  queue: { who: string; until: number }[]
  /** What the vendor says of its budget, less what is reserved. Null where it says nothing. */
  told: { window: number; remaining: number; resetsAt: number } | null
  /** What its refusals teach. */
  learned: {
    /** When the budget was last known to be empty, and the calls that were accepted since. */
    emptyAt: number | null
    accepted: number
    /**
     * The time between the two such moments before that, in milliseconds, what was accepted in it, and the rate by
     * then.
     */
    last: { accepted: number; lasted: number; rate: number | null } | null
    /** Calls per millisecond, null while not known, and how often it was measured. */
    rate: number | null
    measured: number
    tokens: number
    filledAt: number
    raisedAt: number
    /** How often in a row, without a refusal. */
    raises: number
  }
}

/** A process wants to start `want` calls. */
export interface Ask {
  /** Identifies a process. */
  who: string
  want: number
  /** What it last heard. */
  heard: Budget | null
  /** Calls of it that were accepted since it last said so. */
  accepted: number
  /** Its finding out is over, and was not refused. */
  probed: boolean
}

export type Answer =
  /** There is plenty: no need to ask. */
  | { shared: false }
  /** `granted` calls may start within `goodForMs`; when that is none, ask again in `waitMs`. */
  | { shared: true; granted: number; goodForMs: number; waitMs: number; paused: boolean; probe: boolean }

export interface Refusal {
  /** How long the vendor, or our own patience, wants the account left alone. */
  waitMs: number
  heard: Budget | null
  /** As in `Ask`. */
  accepted: number
}

/** Whether a process has to reserve its calls. */
export const isShared = (pace: Pace, now: number): boolean => now < pace.sharedUntil

export function ask(
  before: Pace | null,
  now: number,
  { who, want, heard, accepted, probed }: Ask,
): { pace: Pace; answer: Answer } {
  const tight = heard !== null && heard.remaining < TIGHT
  if (!tight && (before === null || !isShared(before, now)))
    return { pace: before ?? calm(now), answer: { shared: false } }
  const pace = listen(before, now, heard)
  if (tight) pace.sharedUntil = now + SHARED_MS
  count(pace, now, accepted)
  if (probed) {
    pace.probe = null
    // It stopped telling.
    if (heard === null) pace.told = null
  }
  const answer = (granted: number, rest: Partial<Extract<Answer, { shared: true }>> = {}) => {
    const given = {
      shared: true,
      granted,
      goodForMs: PROBE_MS,
      waitMs: 0,
      paused: false,
      probe: false,
      ...rest,
    } as const
    lineUp(pace, now, who, want > granted && granted === 0 ? now + given.waitMs + PROBE_MS : null)
    return { pace, answer: given }
  }

  if (want === 0) return answer(0)
  if (now < pace.pausedUntil) return answer(0, { waitMs: pace.pausedUntil - now, paused: true })
  if (pace.told && now >= pace.told.resetsAt) pace.probe ??= 0
  if (pace.probe !== null) {
    if (now < pace.probe) return answer(0, { waitMs: PROBE_POLL_MS })
    pace.probe = now + PROBE_MS
    return answer(1, { probe: true })
  }
  const ahead = aheadOf(pace, now, who)
  if (pace.told) {
    // Half of it at most, so that who comes later gets something as well.
    const { remaining, resetsAt } = pace.told
    const granted = Math.max(0, Math.min(want, Math.ceil(remaining / 2), remaining - ahead))
    pace.told.remaining -= granted
    return answer(granted, { goodForMs: resetsAt - now, waitMs: resetsAt - now })
  }
  const { granted, waitMs } = byLearnedRate(pace.learned, now, want, ahead)
  if (granted < want) pace.sharedUntil = Math.max(pace.sharedUntil, now + SHARED_MS)
  return answer(granted, { waitMs })
}

/** A call was refused for coming too early. */
export function refuse(before: Pace | null, now: number, { waitMs, heard, accepted }: Refusal): Pace {
  const wasShared = before !== null && isShared(before, now)
  const pace = listen(before, now, heard)
  count(pace, now, accepted)
  // Those that were out together are refused together, and teach one thing.
  if (now >= pace.pausedUntil) learn(pace.learned, now, wasShared)
  pace.pausedUntil = Math.max(pace.pausedUntil, now + waitMs)
  pace.sharedUntil = pace.pausedUntil + SHARED_MS
  pace.probe = 0
  if (pace.told) pace.told.remaining = 0
  return pace
}

const calm = (now: number): Pace => ({
  sharedUntil: 0,
  pausedUntil: 0,
  probe: null,
  queue: [],
  told: null,
  learned: {
    emptyAt: null,
    accepted: 0,
    last: null,
    rate: null,
    measured: 0,
    tokens: 0,
    filledAt: now,
    raisedAt: now,
    raises: 0,
  },
})

/** A copy that knows what was `heard`. */
function listen(before: Pace | null, now: number, heard: Budget | null): Pace {
  const pace = before === null ? calm(now) : structuredClone(before)
  if (before !== null && !isShared(before, now)) pace.probe = null
  if (heard === null) return pace
  const resetsAt = now + heard.resetsInMs
  const remaining = Math.max(heard.remaining, 0)
  if (pace.told === null || heard.window > pace.told.window) {
    // Calls that nobody reserved may be on their way.
    const unreserved = before === null || !isShared(before, now)
    pace.told = { window: heard.window, remaining: unreserved ? Math.floor(remaining / 2) : remaining, resetsAt }
  } else if (heard.window === pace.told.window) {
    pace.told.remaining = Math.min(pace.told.remaining, remaining)
    pace.told.resetsAt = Math.max(pace.told.resetsAt, resetsAt)
  }
  return pace
}

/** How many processes are waiting that asked before this one did. */
function aheadOf({ queue }: Pace, now: number, who: string): number {
  const waiting = queue.filter(({ until }) => now < until)
  const place = waiting.findIndex((one) => one.who === who)
  return place === -1 ? waiting.length : place
}

/** Keeps the place of `who` until then, or ends its waiting. */
function lineUp(pace: Pace, now: number, who: string, until: number | null): void {
  const waiting = pace.queue.filter((one) => now < one.until)
  if (until === null) pace.queue = waiting.filter((one) => one.who !== who)
  else if (waiting.some((one) => one.who === who))
    pace.queue = waiting.map((one) => (one.who === who ? { who, until } : one))
  else pace.queue = [...waiting, { who, until }]
}

function byLearnedRate(
  learned: Pace['learned'],
  now: number,
  want: number,
  ahead: number,
): { granted: number; waitMs: number } {
  if (learned.rate === null) {
    return { granted: Math.min(want, BLIND), waitMs: 0 }
  }
  const { afterMs, by } = learned.measured > 1 ? RAISE.later : RAISE.first
  if (now - learned.raisedAt > (learned.raises === 0 ? afterMs : RAISE.nextMs)) {
    learned.rate *= by ** (2 ** Math.min(learned.raises, RAISE.squared))
    learned.raises += 1
    learned.raisedAt = now
  }
  const most = Math.max(1, learned.rate * SAVED_MS)
  learned.tokens = Math.min(most, learned.tokens + (now - learned.filledAt) * learned.rate)
  learned.filledAt = now
  const granted = Math.max(0, Math.min(want, Math.floor(learned.tokens) - ahead))
  learned.tokens -= granted
  // Some at once, so that a question is worth its statement.
  const next = Math.min(Math.max(want, 1), Math.max(1, Math.floor(most / 2)))
  return { granted, waitMs: Math.max(1, Math.ceil((next - learned.tokens) / learned.rate)) }
}

function count({ learned, pausedUntil }: Pace, now: number, accepted: number): void {
  if (now >= pausedUntil) learned.accepted += accepted
  else if (learned.last) {
    // Said after the refusal, accepted before it.
    learned.last.accepted += accepted
    learned.rate = rateOf(learned.last)
  }
}

/** Between two moments at which the budget was empty, as much was accepted as came back: that is the rate. */
function learn(learned: Pace['learned'], now: number, counted: boolean): void {
  if (!counted || learned.emptyAt === null) {
    learned.emptyAt = now
    learned.accepted = 0
  } else if (learned.accepted >= ENOUGH) {
    learned.last = { accepted: learned.accepted, lasted: Math.max(1, now - learned.emptyAt), rate: learned.rate }
    learned.rate = rateOf(learned.last)
    learned.measured += 1
    learned.emptyAt = now
    learned.accepted = 0
  }
  learned.tokens = 0
  learned.filledAt = now
  learned.raisedAt = now
  learned.raises = 0
}

function rateOf({ accepted, lasted, rate }: NonNullable<Pace['learned']['last']>): number {
  const measured = (CAREFUL * accepted) / lasted
  // While we were slower than the vendor some of what came back was lost: a rate that was just too high is the better
  // measure, unless far too high.
  return rate === null || measured < rate / 2 ? measured : Math.min(rate, Math.max(measured, SLOWER * rate))
}
