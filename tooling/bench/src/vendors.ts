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
/**
 * Turns of all cases that do not count, with ten keys and without latency: a worker has compiled the code of a run by
 * then. Cold, a run takes three times the CPU. Of the vendor there are fewer, because of its limits: they compile its
 * client, and its emulator, whose process is new.
 */
const WARM_UP = { engine: 40, vendor: 6, keys: 10 }

/** `names`: of destinations; all when there is none. */
export async function measureVendors(names: readonly string[]): Promise<void> {
  const deletesOneByOne = await representatives()
  await warmEngine()
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
      const fixture = await startWarm(name, emulator)
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

/** Runs syncs to a vendor without rate limits. */
async function warmEngine(): Promise<void> {
  const unlimited = destinations().find(({ rateLimits }) => Object.keys(rateLimits).length === 0)
  if (!unlimited) throw new Error('every destination has a rate limit')
  const emulator = await startEmulatorProcess(unlimited.name)
  await warmUp(unlimited.name, emulator, WARM_UP.engine)
  emulator.stop()
}

/** With a store of its own, so that the rate limits of the sync that is measured are untouched. */
async function warmUp(destination: string, emulator: RemoteEmulator, turns: number): Promise<void> {
  const fixture = await startBenchSync(destination, emulator, 'WARM')
  for (let turn = 0; turn < turns; turn++) {
    for (const { prepare } of casesOf(fixture, WARM_UP.keys)) {
      await prepare()
      await fixture.run()
    }
  }
  await fixture.close()
}

async function startWarm(destination: string, emulator: RemoteEmulator): Promise<BenchSync> {
  await warmUp(destination, emulator, WARM_UP.vendor)
  await emulator.ask({ do: 'latency', ms: LATENCY_MS })
  return startBenchSync(destination, emulator)
}

interface Case {
  name: string
  work: Work
  prepare(): Promise<void>
}

function casesOf(fixture: BenchSync, size: number): Case[] {
  const tenth = size / 10
  return [
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
}

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
  const cases = casesOf(fixture, size)
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
  const fixture = await startWarm(destination, emulator)
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
  const fixture = await startWarm(destination, emulator)
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
