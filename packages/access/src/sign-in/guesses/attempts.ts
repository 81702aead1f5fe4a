/**
 * How often something that can be guessed was tried, counted in the store: every process of a fleet counts the same. A
 * process also remembers what it counted, so a count that is removed from the store does not begin again.
 */
import {
  DAY_MS,
  backOffWindow,
  isBackOffOver,
  timestamp,
  TooManyRequests,
  whereBackOffOver,
  type BackOffWindow,
  type Context,
} from '@keyferry/kernel'
import ipaddr from 'ipaddr.js'
import { sql } from 'kysely'

type Counting = Pick<Context, 'db' | 'now'>

/**
 * How attempts that fail are slowed down: after `free` of them, each is followed by the next delay in seconds, the last
 * one again and again.
 */
export interface Schedule {
  free: number
  delays: readonly [number, ...number[]]
}
/**
 * The longest delay is short: guessing must not keep the owner out. A minute still leaves 1,440 guesses a day to a
 * whole botnet.
 */
export const GUESSES: Schedule = { free: 10, delays: [1, 2, 4, 8, 15, 30, 60] }
/** Milliseconds without a failure after which they are forgotten. */
const FORGOTTEN_MS = DAY_MS
/** Milliseconds between two removals of counts that are over. */
const PURGED_EVERY_MS = 60_000

/** A guess that counts as failed unless it turns out right. */
export interface Guess {
  /** Failures in a row, with this one. */
  failures: number
  /** It was right: the count begins again. */
  succeeded(): Promise<void>
}

/**
 * Counts a guess before it is checked, so that of many at the same time no more are checked than one after the other.
 * Throws `TooManyRequests` while the delay after the last failure lasts; such a guess does not count.
 */
export async function beginGuess(
  ctx: Counting,
  key: string,
  { free, delays: seconds }: Schedule = GUESSES,
): Promise<Guess> {
  const now = ctx.now()
  const at = now.toISOString()
  const after = (ms: number): string => new Date(now.getTime() + ms).toISOString()
  /** Until when the guess that is the `count`th is the last one. */
  const blockedBy = (count: number): string =>
    count < free ? at : after((seconds[Math.min(count - free, seconds.length - 1)] ?? 0) * 1000)
  const { guesses } = rememberedOf(ctx)
  const counts = storedWithin(ctx, FORGOTTEN_MS)
  const blocks = storedWithin(ctx, Math.max(...seconds) * 1000)
  const last = guesses.get(key)
  const known = last && !isBackOffOver(last.expiresAt, counts) ? last : null
  if (known && !isBackOffOver(known.blockedUntil, blocks))
    throw new TooManyRequests(secondsUntil(now, known.blockedUntil))
  const next = (known?.count ?? 0) + 1
  const isOver = whereBackOffOver('attempts.expiresAt', counts)
  const delays = sql.join(
    seconds.map((_, n) => sql`when attempts.count + 1 = ${free + n} then ${blockedBy(free + n)}`),
    sql` `,
  )
  const blockedUntil = sql<string>`case when ${isOver} or attempts.count + 1 < ${free} then ${at} ${delays} else ${blockedBy(Infinity)} end`
  const counted = await ctx.db
    .insertInto('attempts')
    .values({ key, count: next, blockedUntil: blockedBy(next), expiresAt: after(FORGOTTEN_MS) })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          count: sql<number>`case when ${isOver} then 1 else attempts.count + 1 end`,
          blockedUntil,
          expiresAt: after(FORGOTTEN_MS),
        })
        .where(whereBackOffOver('attempts.blockedUntil', blocks)),
    )
    .returning('count')
    .executeTakeFirst()
  if (!counted) {
    const row = await ctx.db.selectFrom('attempts').where('key', '=', key).select('blockedUntil').executeTakeFirst()
    throw new TooManyRequests(secondsUntil(now, row?.blockedUntil ?? at))
  }
  if (guesses.size >= REMEMBERED_AT_MOST) guesses.clear()
  guesses.set(key, { count: counted.count, blockedUntil: blockedBy(counted.count), expiresAt: after(FORGOTTEN_MS) })
  return {
    failures: counted.count,
    async succeeded() {
      guesses.delete(key)
      await ctx.db.deleteFrom('attempts').where('key', '=', key).execute()
    },
  }
}

/** What a process remembers of a store's counts. */
interface Remembered {
  purgedAt: number
  /** Keys over their limit and until when, so that a flood costs the store nothing. */
  refused: Map<string, string>
  /** Failures in a row, by key. */
  guesses: Map<string, { count: number; blockedUntil: string; expiresAt: string }>
}
const remembered = new WeakMap<Context['db'], Remembered>()
const REMEMBERED_AT_MOST = 10_000

function rememberedOf({ db }: Counting): Remembered {
  const found: Remembered = remembered.get(db) ?? { purgedAt: 0, refused: new Map(), guesses: new Map() }
  remembered.set(db, found)
  return found
}

/** Counts a request; throws `TooManyRequests` once there were more than `max` within `windowMs` milliseconds. */
export async function countRequest(
  ctx: Counting,
  key: string,
  { max, windowMs }: { max: number; windowMs: number },
): Promise<void> {
  const now = ctx.now()
  const at = now.toISOString()
  const { refused } = rememberedOf(ctx)
  const counts = storedWithin(ctx, windowMs)
  const until = refused.get(key) ?? null
  if (until !== null && !isBackOffOver(until, counts)) throw new TooManyRequests(secondsUntil(now, until))
  refused.delete(key)
  await purge(ctx)
  const isOver = whereBackOffOver('attempts.expiresAt', counts)
  const expiresAt = new Date(now.getTime() + windowMs).toISOString()
  const row = await ctx.db
    .insertInto('attempts')
    .values({ key, count: 1, blockedUntil: at, expiresAt })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        count: sql<number>`case when ${isOver} then 1 else attempts.count + 1 end`,
        expiresAt: sql<string>`case when ${isOver} then ${expiresAt} else attempts.expires_at end`,
      }),
    )
    .returning(['count', 'expiresAt'])
    .executeTakeFirstOrThrow()
  if (row.count <= max) return
  if (refused.size >= REMEMBERED_AT_MOST) refused.clear()
  refused.set(key, row.expiresAt)
  throw new TooManyRequests(secondsUntil(now, row.expiresAt))
}

/** Removes counts that are over: a client that never comes back must not leave a row. */
async function purge(ctx: Counting): Promise<void> {
  const state = rememberedOf(ctx)
  const now = ctx.now().getTime()
  if (Math.abs(now - state.purgedAt) < PURGED_EVERY_MS) return
  state.purgedAt = now
  await ctx.db.deleteFrom('attempts').where('expiresAt', '<=', timestamp(ctx)).execute()
}

/**
 * After the clock was set back, nobody is kept out for as long as it was wrong. An hour more, since a count that one
 * process keeps must not be over for another one whose clock is behind.
 */
const storedWithin = (ctx: Counting, longestMs: number): BackOffWindow => backOffWindow(ctx, longestMs + 3_600_000)

const secondsUntil = (now: Date, then: string): number =>
  Math.max(1, Math.ceil((Date.parse(then) - now.getTime()) / 1000))

/** What a client's address is counted as: an IPv6 client has a whole /64 to choose from. */
export function networkOf(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${new ipaddr.IPv6([...parsed.toByteArray().slice(0, 8), ...Array.from({ length: 8 }, () => 0)]).toString()}/64`
}
