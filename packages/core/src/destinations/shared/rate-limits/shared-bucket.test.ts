/** Several processes on one account, in time that the test turns. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Budget, RateLimit } from './rate-limit.ts'
import { createRateLimiter, type SharedRateLimit } from './rate-limiter.ts'
import { needsReservation, refuse, reserve, type SharedBucket } from './shared-bucket.ts'

const LATENCY_MS = 50

interface Sizes {
  burst: number
  refill: number
  intervalMs: number
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** A bucket that is filled in steps. `told`: it says what is left. */
function vendor(sizes: Sizes, told: boolean) {
  const began = performance.now()
  let tokens = sizes.burst
  let step = 0
  const calls: { at: number; ok: boolean }[] = []
  let seed = 1
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const travel = () => new Promise((resolve) => setTimeout(resolve, LATENCY_MS * (0.25 + random() / 2)))
  return {
    calls,
    refusals: (from = 0) => calls.filter(({ at, ok }) => !ok && at >= from).length,
    accepted: (from: number, to: number) => calls.filter(({ at, ok }) => ok && at >= from && at < to).length,
    async call(): Promise<{ ok: boolean; budget: Budget | undefined }> {
      await travel()
      const { burst, refill, intervalMs } = sizes
      const now = performance.now() - began
      tokens = Math.min(burst, tokens + (Math.floor(now / intervalMs) - step) * refill)
      step = Math.floor(now / intervalMs)
      const ok = tokens > 0
      if (ok) tokens -= 1
      calls.push({ at: now, ok })
      const left = { remaining: tokens, window: step, reset: began + (step + 1) * intervalMs }
      await travel()
      const resetsInMs = Math.max(0, left.reset - performance.now())
      return { ok, budget: told ? { remaining: left.remaining, window: left.window, resetsInMs } : undefined }
    },
  }
}

/** What the store does, in memory. Its clock is a day ahead of that of the processes, which is no matter. */
function store(): SharedRateLimit & { questions: () => number } {
  const rows = new Map<string, SharedBucket>()
  let questions = 0
  const now = () => performance.now() + 86_400_000
  const trip = () => new Promise((resolve) => setTimeout(resolve, 2))
  return {
    questions: () => questions,
    async needsReservation(bucket) {
      await trip()
      return needsReservation(rows.get(bucket) ?? null, now(), null)
    },
    async reserve(bucket, reservation) {
      questions += 1
      await trip()
      const { bucket: next, grant } = reserve(rows.get(bucket) ?? null, now(), reservation)
      rows.set(bucket, next)
      return grant
    },
    async refused(bucket, refusal) {
      questions += 1
      await trip()
      rows.set(bucket, refuse(rows.get(bucket) ?? null, now(), refusal))
    },
  }
}

/** A process that makes calls, `lanes` at a time, as the network door does; ends with the signal. */
function start(
  at: ReturnType<typeof vendor>,
  shared: SharedRateLimit,
  lanes: number,
  { calls = Infinity, limit }: { calls?: number; limit?: RateLimit } = {},
) {
  const stop = new AbortController()
  const limits: Record<string, RateLimit> = limit ? { all: limit } : {}
  const limiter = createRateLimiter({ signal: stop.signal, longestWaitMs: 60_000, limits, shared })
  let left = calls
  const lane = async (): Promise<void> => {
    while (!stop.signal.aborted && left-- > 0) {
      for (let refusals = 0; ; refusals += 1) {
        const permit = await limiter.permit('all', { again: refusals > 0 })
        const { ok, budget } = await at.call()
        if (ok) {
          permit.answered(budget)
          break
        }
        permit.refused(budget?.resetsInMs ?? 1_000 * 2 ** Math.min(refusals, 3), budget)
      }
    }
  }
  const done = Promise.all(Array.from({ length: lanes }, lane)).catch(() => {})
  return { done, stop: () => stop.abort(new Error('over')) }
}

describe.each([2, 4])('%d processes at a vendor that reports its budget', (processes) => {
  test.each([
    { burst: 60, refill: 60, intervalMs: 2_000 },
    { burst: 750, refill: 250, intervalMs: 10_000 },
    { burst: 1_500, refill: 500, intervalMs: 10_000 },
  ])('$refill every $intervalMs ms use what there is and are hardly ever refused', async (sizes) => {
    const at = vendor(sizes, true)
    const fleet = store()
    const running = Array.from({ length: processes }, () => start(at, fleet, 100))
    const [from, to] = [4 * sizes.intervalMs, 10 * sizes.intervalMs]
    await vi.advanceTimersByTimeAsync(to)
    for (const { stop } of running) stop()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(at.refusals()).toBeLessThanOrEqual(5)
    expect(at.accepted(from, to)).toBeGreaterThanOrEqual(0.85 * 6 * sizes.refill)
    expect(fleet.questions()).toBeLessThan(at.calls.length)
  })
})

const SILENT = [
  { burst: 100, refill: 100, intervalMs: 10_000 },
  { burst: 30, refill: 10, intervalMs: 1_000 },
  { burst: 50, refill: 50, intervalMs: 5_000 },
]

describe.each([2, 4])('%d processes at a vendor that reports no budget', (processes) => {
  const measure = async (sizes: Sizes, lanes: number, limit?: RateLimit) => {
    const at = vendor(sizes, false)
    const fleet = store()
    const running = Array.from({ length: processes }, () => start(at, fleet, lanes, { limit }))
    const [from, to] = [60_000, 160_000]
    await vi.advanceTimersByTimeAsync(to)
    for (const { stop } of running) stop()
    await vi.advanceTimersByTimeAsync(1_000)
    return { at, used: at.accepted(from, to) / (((to - from) * sizes.refill) / sizes.intervalMs) }
  }

  test.each(SILENT)('$refill every $intervalMs ms, as it documents, are used and not exceeded', async (sizes) => {
    const { burst: capacity, refill, intervalMs } = sizes
    const { at, used } = await measure(sizes, 100, { capacity, refill, intervalMs, source: 'documented' })
    expect([at.refusals(), used]).toEqual([0, expect.toSatisfy((share: number) => share > 0.95)])
  })

  test.each(SILENT)(
    '$refill every $intervalMs ms, as assumed after a refusal, are hardly ever exceeded',
    async (sizes) => {
      const limit = { capacity: 10, refill: 10, intervalMs: 1_000, source: 'assumed' } as const
      const { at, used } = await measure(sizes, 10, limit)
      expect(at.refusals()).toBeLessThanOrEqual(100)
      expect(at.refusals(60_000)).toBeLessThanOrEqual(12)
      expect(used).toBeGreaterThan(0.85)
    },
  )

  test('100 every 10 s, which nobody assumes: most calls are not refused', async () => {
    const { at, used } = await measure({ burst: 100, refill: 100, intervalMs: 10_000 }, 10)
    expect(at.refusals()).toBeLessThan(at.calls.length / 3)
    expect(used).toBeGreaterThan(0.85)
  })
})

test('what answers report of another limit is not taken for what is left of this one', async () => {
  const sizes = { burst: 80, refill: 80, intervalMs: 60_000 }
  const at = vendor(sizes, false)
  const another = { remaining: 4_000, window: 1, resetsInMs: 3_000_000 }
  const limit = { capacity: 170, refill: 170, intervalMs: 60_000, source: 'assumed', trialAfter: 80 } as const
  const limiter = createRateLimiter({
    signal: new AbortController().signal,
    longestWaitMs: 75_000,
    limits: { all: { ...limit, isUnreported: true } },
    shared: store(),
  })
  let done = 0
  const call = async (again = false): Promise<void> => {
    const permit = await limiter.permit('all', { again })
    const { ok } = await at.call()
    if (ok) {
      permit.answered(another)
      done += 1
      return
    }
    permit.refused(60_000, another)
    await call(true)
  }
  const all = Promise.all(Array.from({ length: 100 }, () => call()))
  await vi.advanceTimersByTimeAsync(62_000)
  expect([done, at.refusals()]).toEqual([100, 1])
  await all
})

test('a limit that was a passing trouble is forgotten in about a minute', async () => {
  const sizes = { burst: 3, refill: 3, intervalMs: 1_000 }
  const at = vendor(sizes, false)
  const fleet = store()
  const running = Array.from({ length: 2 }, () => start(at, fleet, 10))
  await vi.advanceTimersByTimeAsync(60_000)
  const during = at.accepted(50_000, 60_000)
  expect(during).toBeLessThan(40)
  Object.assign(sizes, { burst: 1_000_000, refill: 1_000_000 })
  await vi.advanceTimersByTimeAsync(90_000)
  // Its lanes and the way there are what limits again.
  expect(at.accepted(140_000, 150_000)).toBeGreaterThan(20 * during)
  for (const { stop } of running) stop()
})

test('a process with one call in a while takes nothing from one that has many', async () => {
  const sizes = { burst: 60, refill: 60, intervalMs: 2_000 }
  const at = vendor(sizes, true)
  const fleet = store()
  const busy = start(at, fleet, 100)
  await vi.advanceTimersByTimeAsync(2_500)
  const idle = start(at, fleet, 1, { calls: 1 })
  await vi.advanceTimersByTimeAsync(2_500)
  await idle.done
  const before = at.calls.length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(at.calls.length - before).toBeGreaterThanOrEqual(0.95 * 5 * sizes.refill)
  expect(at.refusals()).toBeLessThanOrEqual(5)
  busy.stop()
})

test('while there is plenty nobody asks', async () => {
  const at = vendor({ burst: 10_000, refill: 10_000, intervalMs: 10_000 }, true)
  const fleet = store()
  const running = [start(at, fleet, 50, { calls: 2_000 }), start(at, fleet, 50, { calls: 2_000 })]
  await vi.advanceTimersByTimeAsync(60_000)
  await Promise.all(running.map(({ done }) => done))
  expect([at.calls.length, at.refusals(), fleet.questions()]).toEqual([4_000, 0, 0])
})

test('a process that was to find out what is left, and died, is not waited for', async () => {
  const at = vendor({ burst: 30, refill: 30, intervalMs: 5_000 }, true)
  const fleet = store()
  const { budget } = await Promise.all([at.call(), vi.advanceTimersByTimeAsync(100)]).then(([answer]) => answer)
  if (!budget) throw new Error('no budget')
  void fleet.refused('all', { waitMs: 100, reported: budget, limit: null })
  await vi.advanceTimersByTimeAsync(200)
  const asked = fleet.reserve('all', { process: 'the dead', want: 5, reported: null, limit: null })
  await vi.advanceTimersByTimeAsync(10)
  expect(await asked).toMatchObject({ calls: 1 })
  const next = start(at, fleet, 1, { calls: 1 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(at.calls).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(3_000)
  await next.done
  expect(at.calls).toHaveLength(2)
})
