/** Requests and wall time of every kind of run, per destination and size, at 50 ms vendor latency. */
import { destinations, type RateLimit } from '@keyferry/core/destinations'
import {
  inFlight,
  minimumCallsOf,
  representatives,
  type LoggedRequest,
  type MinimumCallsOf,
  type Work,
} from '@keyferry/core/emulators'
import { startEmulatorProcess, type RemoteEmulator } from './emulator.ts'
import { startBenchSync, type BenchSync } from './bench-sync.ts'
import { rawDeletes } from './raw.ts'
import { ms, percentile, printTable, times } from './table.ts'

const LATENCY_MS = 50
const SIZES = [10, 100, 1000]
/** Each case is run as often, on fresh keys; its median counts. One of a thousand keys averages over its own calls. */
const TURNS = 3

/** `names`: of destinations; all when there is none. */
export async function measureVendors(names: readonly string[]): Promise<void> {
  const deletesOneByOne = await representatives()
  const chosen = destinations().filter(({ name }) => names.length === 0 || names.includes(name))
  for (const { name, title, limits, target, rateLimits } of chosen) {
    const minimumCalls = await minimumCallsOf(name)
    const documented = Object.values(rateLimits).filter(({ source }) => source === 'documented')
    const rows: Record<string, string | number>[] = []
    for (const size of SIZES) {
      const emulator = await startEmulatorProcess(name)
      const { requests } = minimumCalls({ held: 0, creates: size, updates: 0, deletes: 0 })
      const isHeld = size <= (limits.maxKeys?.(target.parse(emulator.target)) ?? size)
      if (!isHeld || requests > perMinute(documented)) {
        emulator.stop()
        continue
      }
      await emulator.ask({ do: 'latency', ms: LATENCY_MS })
      const fixture = await startBenchSync(name, emulator)
      rows.push(...(await measureCases(fixture, emulator, { minimumCalls, documented }, size)))
      await fixture.close()
      emulator.stop()
    }
    printTable(`${title}, ${LATENCY_MS} ms latency; minimum: the fewest requests its API allows, ten in flight`, rows)
    await measureChanges(name, title, minimumCalls)
    if (deletesOneByOne.has(name)) await measureRemoval(name, title, minimumCalls)
  }
}

/** How many calls the vendor's documented limits allow in a minute: more of them measure the limit. */
const perMinute = (documented: readonly RateLimit[]): number =>
  documented.reduce(
    (least, { capacity, refill, intervalMs }) => Math.min(least, capacity + (refill * 60_000) / intervalMs),
    Number.POSITIVE_INFINITY,
  )

interface Vendor {
  minimumCalls: MinimumCallsOf
  /** Limits that the client keeps to though no answer mentions them. */
  documented: readonly RateLimit[]
}

async function measureCases(
  fixture: BenchSync,
  emulator: RemoteEmulator,
  { minimumCalls, documented }: Vendor,
  size: number,
): Promise<Record<string, string | number>[]> {
  const tenth = size / 10
  const cases: { name: string; work: Work; prepare: () => Promise<void> }[] = [
    {
      name: 'first sync',
      work: { held: 0, creates: size, updates: 0, deletes: 0 },
      prepare: async () => {
        await fixture.fill(size)
        // A sync whose secrets were removed waits for that.
        await fixture.trigger()
      },
    },
    {
      name: 'nothing changed',
      work: { held: size, creates: 0, updates: 0, deletes: 0 },
      prepare: () => fixture.trigger(),
    },
    { name: 'one changed', work: { held: size, creates: 0, updates: 1, deletes: 0 }, prepare: () => fixture.change(1) },
    {
      name: '10 % removed',
      work: { held: size, creates: 0, updates: 0, deletes: tenth },
      prepare: () => fixture.unset(tenth),
    },
    {
      name: 'remove all',
      work: { held: size - tenth, creates: 0, updates: 0, deletes: size - tenth },
      prepare: () => fixture.remove(),
    },
  ]
  const measured = cases.map(({ name, work }) => ({ name, work, walls: [] as number[], sent: [] as LoggedRequest[][] }))
  for (let turn = 0; turn < (size > 100 ? 1 : TURNS); turn++) {
    for (const [at, { prepare }] of cases.entries()) {
      await prepare()
      await emulator.ask({ do: 'mark' })
      measured[at]?.walls.push(await fixture.run())
      const { log = [] } = await emulator.ask({ do: 'log' })
      measured[at]?.sent.push(log)
    }
  }
  return measured.map(({ name, work, walls, sent }) => {
    const least = minimumCalls(work)
    const isPaced = documented.some(
      ({ capacity, refill, intervalMs }) =>
        capacity === least.rateLimit?.burst &&
        refill === least.rateLimit.refill &&
        intervalMs === least.rateLimit.intervalMs,
    )
    const wall = percentile(walls, 50)
    const log = sent[walls.indexOf(wall)] ?? []
    // A check that this turn did without saves its time.
    const checks = Math.min(least.checks, Math.max(0, log.length - least.requests))
    const shortest = shortestMs({ ...least, checks }, { isLimited: isPaced })
    return {
      case: name,
      secrets: size,
      requests: log.length,
      minimum: least.requests,
      checks,
      'kB sent': (log.reduce((sum, { bytes }) => sum + bytes, 0) / 1000).toFixed(1),
      ms: ms(wall),
      'shortest ms': shortest,
      ratio: times(wall / shortest),
    }
  })
}

/**
 * The shortest time: the rounds of calls and checks, or until the vendor's limit has let the last writes through.
 * `isLimited`: the limit holds, because the emulator has it, or because the client keeps to it unseen.
 */
function shortestMs(
  { rounds, checks, writes, rateLimit }: ReturnType<MinimumCallsOf>,
  { isLimited }: { isLimited: boolean },
): number {
  const unlimited = (rounds + checks) * LATENCY_MS
  if (!isLimited || rateLimit === null || writes <= rateLimit.burst) return unlimited
  const { burst, refill, intervalMs } = rateLimit
  const refills = Math.ceil((writes - burst) / refill)
  const last = writes - burst - (refills - 1) * refill
  return Math.max(unlimited, refills * intervalMs + inFlight(last) * LATENCY_MS)
}

/** Changing 100 under the vendor's own rate limit. */
async function measureChanges(destination: string, title: string, minimumCalls: MinimumCallsOf): Promise<void> {
  const size = 100
  const least = minimumCalls({ held: size, creates: 0, updates: size, deletes: 0 })
  if (!least.rateLimit) return
  const { burst, refill, intervalMs } = least.rateLimit
  const emulator = await startEmulatorProcess(destination)
  await emulator.ask({ do: 'latency', ms: LATENCY_MS })
  const fixture = await startBenchSync(destination, emulator)
  await fixture.fill(size)
  await fixture.run()
  await emulator.ask({ do: 'rateLimit', on: true })
  await fixture.change(size)
  await emulator.ask({ do: 'mark' })
  const wall = await fixture.run()
  const { log = [] } = await emulator.ask({ do: 'log' })
  const shortest = shortestMs(least, { isLimited: true })
  printTable(`${title}, change ${size} under its rate limit; ratio to the shortest time that it allows`, [
    {
      limit: `${burst} burst, ${refill} per ${intervalMs / 1000} s`,
      requests: log.length,
      minimum: least.requests,
      refusals: refused(log),
      ms: ms(wall),
      'shortest ms': shortest,
      ratio: times(wall / shortest),
    },
  ])
  await fixture.close()
  emulator.stop()
}

/** Taking 1,000 away: against a client that sends every delete at once, and under the vendor's own rate limit. */
async function measureRemoval(destination: string, title: string, minimumCalls: MinimumCallsOf): Promise<void> {
  const size = 1000
  const { rateLimit } = minimumCalls({ held: size, creates: 0, updates: 0, deletes: size })
  const rows: Record<string, string | number>[] = []
  const emulator = await startEmulatorProcess(destination)
  await emulator.ask({ do: 'latency', ms: LATENCY_MS })
  const fixture = await startBenchSync(destination, emulator)
  await fixture.fill(size)
  await fixture.run()
  await fixture.remove()
  await emulator.ask({ do: 'mark' })
  const ours = await fixture.run()
  const { log = [] } = await emulator.ask({ do: 'log' })
  const deletes = log.filter(({ method }) => method === 'DELETE')
  const raw = await rawDeletes(
    destination,
    emulator.credentials,
    deletes.map(({ path }) => path),
  )
  rows.push({
    client: 'Keyferry',
    limit: 'none',
    requests: log.length,
    refusals: refused(log),
    ms: ms(ours),
    ratio: times(ours / raw),
  })
  rows.push({
    client: 'raw loop, no bound',
    limit: 'none',
    requests: deletes.length,
    refusals: 0,
    ms: ms(raw),
    ratio: times(1),
  })

  if (rateLimit) {
    await fixture.trigger()
    await fixture.run()
    await fixture.remove()
    await emulator.ask({ do: 'rateLimit', on: true })
    await emulator.ask({ do: 'mark' })
    const paced = await fixture.run()
    const { log: limited = [] } = await emulator.ask({ do: 'log' })
    const allowed = Math.ceil(Math.max(0, size + 1 - rateLimit.burst) / rateLimit.refill) * rateLimit.intervalMs
    rows.push({
      client: 'Keyferry',
      limit: `${rateLimit.burst} burst, ${rateLimit.refill} per ${rateLimit.intervalMs / 1000} s`,
      requests: limited.length,
      refusals: refused(limited),
      ms: ms(paced),
      ratio: times(paced / allowed),
    })
    rows.push({
      client: 'what the refill allows',
      limit: '',
      requests: size + 1,
      refusals: 0,
      ms: allowed,
      ratio: times(1),
    })
  }
  printTable(`${title}, remove ${size}; ratio to the raw loop, or to what the refill allows`, rows)
  await fixture.close()
  emulator.stop()
}

/** Vendors refuse too many calls with 429, 403 or 400; 404 and 409 are answers. */
const refused = (log: readonly { status: number }[]): number =>
  log.filter(({ status }) => status >= 400 && status < 500 && status !== 404 && status !== 409).length
