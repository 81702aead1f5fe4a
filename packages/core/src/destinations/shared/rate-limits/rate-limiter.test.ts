import pLimit from 'p-limit'
import { expect, test } from 'vitest'
import { DestinationError } from '../../destination-error.ts'
import { type EmulatorServer, startEmulatorServer } from '../emulators/emulator-server.ts'
import { noAuthorization } from '../http/authorization.ts'
import { createHttp } from '../http/http.ts'
import type { RateLimit } from './rate-limit.ts'
import { reserve, type SharedBucket } from './shared-bucket.ts'

/**
 * A vendor with a token bucket. The time until its next refill begins when it is empty, where it reports that, and else
 * with its first refusal: a machine that is slow meanwhile changes nothing.
 */
async function bucketServer(sizes: { burst: number; refill: number; intervalMs: number; told: boolean }) {
  let tokens = sizes.burst
  let refillsAt: number | null = null
  /** Accepted requests between two refills. */
  const used: number[] = [0]
  const take = (): { ok: boolean; headers: Record<string, string> } => {
    if (refillsAt !== null && Date.now() >= refillsAt) {
      tokens = sizes.refill
      refillsAt = null
      used.push(0)
    }
    const ok = tokens > 0
    if (ok) {
      tokens -= 1
      used.push((used.pop() ?? 0) + 1)
    }
    if (tokens === 0 && (sizes.told || !ok)) refillsAt ??= Date.now() + sizes.intervalMs
    const headers = {
      'x-ratelimit-remaining': String(tokens),
      'x-ratelimit-reset': String(refillsAt ?? Date.now() + sizes.intervalMs),
    }
    return { ok, headers: sizes.told ? headers : {} }
  }
  const server = await startEmulatorServer({
    latencyMs: 5,
    handle: async () => {
      const { ok, headers } = take()
      // Answers overtake each other.
      await new Promise((resolve) => setTimeout(resolve, (server.log.length * 7) % 20))
      return { status: ok ? 200 : 429, headers, body: {} }
    },
  })
  return { ...server, used }
}

const door = (server: EmulatorServer, signal = new AbortController().signal, all?: RateLimit) =>
  createHttp({
    baseUrl: server.url,
    authorization: () => noAuthorization,
    network: { allowPrivate: true },
    signal,
    rateLimits: all && { all },
  })
const get = { method: 'GET', path: '/', repeatable: true } as const
const refusals = (server: EmulatorServer): number => server.log.filter((entry) => entry.status === 429).length

test('a reported budget is used up to the end and hardly ever overdrawn', async () => {
  const server = await bucketServer({ burst: 60, refill: 30, intervalMs: 1_000, told: true })
  const http = door(server)
  await Promise.all(Array.from({ length: 120 }, () => http.request(get)))
  expect(refusals(server)).toBeLessThan(5)
  expect(server.used).toEqual([60, 30, 30])
  await server.close()
})

test('a big budget is flown at full width after a few probes', async () => {
  const headers = { 'x-ratelimit-remaining': '5000', 'x-ratelimit-reset': String(Date.now() + 60_000) }
  const server = await crowdServer({ crowd: 256, calls: 600, headers })
  const http = door(server)
  await Promise.all(Array.from({ length: 600 }, () => http.request(get)))
  expect(server.maxInFlight()).toBe(256)
  await server.close()
})

/** A vendor that after five probes answers nobody before so many are there, or all that still come. */
async function crowdServer({ crowd, calls, headers }: { crowd: number; calls: number; headers?: HeadersOf }) {
  let waiting: (() => void)[] = []
  let answered = 0
  const server = await startEmulatorServer({
    handle: async () => {
      if (server.log.length > 5) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve)
          if (waiting.length < Math.min(crowd, calls - answered)) return
          for (const release of waiting) release()
          waiting = []
        })
      }
      answered += 1
      return { status: 200, headers, body: {} }
    },
  })
  return server
}
type HeadersOf = Record<string, string>

test('a vendor that reports no budget gets ten at a time', async () => {
  const server = await crowdServer({ crowd: 10, calls: 100 })
  const http = door(server)
  await Promise.all(Array.from({ length: 100 }, () => http.request(get)))
  expect(server.maxInFlight()).toBe(10)
  await server.close()
})

test('refusals that tell nothing make it slower, and every call still gets through', async () => {
  const server = await bucketServer({ burst: 30, refill: 10, intervalMs: 300, told: false })
  const http = door(server)
  const answers = await Promise.all(Array.from({ length: 60 }, () => http.request(get)))
  expect(answers.every((answer) => answer.status === 200)).toBe(true)
  expect(refusals(server)).toBeLessThan(25)
  await server.close()
})

test('a limit that is not certain is found out by one call, which alone is refused', async () => {
  const limit = { capacity: 100, refill: 100, intervalMs: 1_000, source: 'assumed', trialAfter: 20 } as const
  for (const [burst, refused] of [
    [20, 1],
    [1_000, 0],
  ] as const) {
    const server = await bucketServer({ burst, refill: burst, intervalMs: 1_000, told: false })
    const http = door(server, undefined, limit)
    await Promise.all(Array.from({ length: 35 }, () => http.request(get)))
    expect(refusals(server)).toBe(refused)
    expect(server.maxInFlight()).toBeLessThanOrEqual(10)
    await server.close()
  }
})

test('only five fly before the first answer', async () => {
  const release: (() => void)[] = []
  const server = await startEmulatorServer({
    handle: () => new Promise((resolve) => release.push(() => resolve({ status: 200, body: {} }))),
  })
  const stop = new AbortController()
  const http = door(server, stop.signal)
  const calls = Array.from({ length: 20 }, () => http.request(get).catch((error: unknown) => error))
  await expect.poll(() => release.length).toBe(5)
  release[0]?.()
  await expect.poll(() => server.log.length).toBe(11)
  stop.abort(new DestinationError('unavailable', 'over'))
  await Promise.all(calls)
  expect(server.log).toHaveLength(11)
  await server.close()
})

test('calls that are to follow are reserved together, and never more than are to follow', async () => {
  const server = await startEmulatorServer({ handle: () => ({ status: 200, body: {} }) })
  let shared: SharedBucket | null = null
  const wanted: number[] = []
  const http = createHttp({
    baseUrl: server.url,
    authorization: () => noAuthorization,
    network: { allowPrivate: true },
    signal: new AbortController().signal,
    rateLimits: { writes: { capacity: 100, refill: 100, intervalMs: 60_000, source: 'documented' } },
    sharedRateLimit: {
      needsReservation: () => Promise.resolve(true),
      reserve(_bucket, reservation) {
        if (reservation.want > 0) wanted.push(reservation.want)
        const { bucket, grant } = reserve(shared, Date.now(), reservation)
        shared = bucket
        return Promise.resolve(grant)
      },
      refused: () => Promise.resolve(),
    },
  })
  const inTurn = pLimit(5)
  http.expect('writes', 40)
  await Promise.all(Array.from({ length: 40 }, () => inTurn(() => http.request({ ...get, bucket: 'writes' }))))
  expect(wanted).toEqual([32, 8])
  await http.request({ ...get, bucket: 'writes' })
  expect(wanted).toEqual([32, 8, 1])
  await server.close()
})
