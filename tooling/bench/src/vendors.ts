/** Requests and wall time of every kind of run, per destination and size, at 50 ms vendor latency. */
import { destinations, importFrom } from '@keyferry/core/destinations'
import type { FloorOf, Work } from '@keyferry/core/emulators'
import { startEmulatorProcess, type RemoteEmulator } from './emulator.ts'
import { startFerry, type BenchFerry } from './ferry.ts'
import { rawDeletes } from './raw.ts'
import { ms, printTable, times } from './table.ts'

const LATENCY_MS = 50
const SIZES = [10, 100, 1000]

export async function measureVendors(): Promise<void> {
  for (const { name, title } of destinations()) {
    const floor = await floorOf(name)
    const rows: Record<string, string | number>[] = []
    for (const size of SIZES) {
      const emulator = await startEmulatorProcess(name)
      await emulator.ask({ do: 'latency', ms: LATENCY_MS })
      rows.push(...(await measureCases(await startFerry(name, emulator), emulator, floor, size)))
      emulator.stop()
    }
    printTable(`${title}, ${LATENCY_MS} ms latency; floor: the fewest requests its API allows, ten in flight`, rows)
    await measureRemoval(name, title, floor)
  }
}

async function measureCases(
  ferry: BenchFerry,
  emulator: RemoteEmulator,
  floor: FloorOf,
  size: number,
): Promise<Record<string, string | number>[]> {
  const tenth = size / 10
  const cases: { name: string; work: Work; prepare: () => Promise<void> }[] = [
    { name: 'first sync', work: { held: 0, creates: size, updates: 0, deletes: 0 }, prepare: () => ferry.fill(size) },
    {
      name: 'nothing changed',
      work: { held: size, creates: 0, updates: 0, deletes: 0 },
      prepare: () => ferry.trigger(),
    },
    { name: 'one changed', work: { held: size, creates: 0, updates: 1, deletes: 0 }, prepare: () => ferry.change(1) },
    {
      name: '10 % removed',
      work: { held: size, creates: 0, updates: 0, deletes: tenth },
      prepare: () => ferry.unset(tenth),
    },
    {
      name: 'remove all',
      work: { held: size - tenth, creates: 0, updates: 0, deletes: size - tenth },
      prepare: () => ferry.remove(),
    },
  ]
  const rows = []
  for (const { name, work, prepare } of cases) {
    await prepare()
    await emulator.ask({ do: 'mark' })
    const wall = await ferry.run()
    const { log = [] } = await emulator.ask({ do: 'log' })
    const least = floor(work)
    rows.push({
      case: name,
      secrets: size,
      requests: log.length,
      floor: least.requests,
      'kB sent': (log.reduce((sum, { bytes }) => sum + bytes, 0) / 1000).toFixed(1),
      ms: ms(wall),
      'floor ms': least.rounds * LATENCY_MS,
      ratio: times(wall / (least.rounds * LATENCY_MS)),
    })
  }
  await ferry.close()
  return rows
}

/** Taking 1,000 away: against a client that sends every delete at once, and under the vendor's own rate limit. */
async function measureRemoval(destination: string, title: string, floor: FloorOf): Promise<void> {
  const size = 1000
  const { rateLimit } = floor({ held: size, creates: 0, updates: 0, deletes: size })
  const rows: Record<string, string | number>[] = []
  const emulator = await startEmulatorProcess(destination)
  await emulator.ask({ do: 'latency', ms: LATENCY_MS })
  const ferry = await startFerry(destination, emulator)
  await ferry.fill(size)
  await ferry.run()
  await ferry.remove()
  await emulator.ask({ do: 'mark' })
  const ours = await ferry.run()
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
    await ferry.trigger()
    await ferry.run()
    await ferry.remove()
    await emulator.ask({ do: 'rateLimit', on: true })
    await emulator.ask({ do: 'mark' })
    const paced = await ferry.run()
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
  await ferry.close()
  emulator.stop()
}

const refused = (log: readonly { status: number }[]): number => log.filter(({ status }) => status === 429).length

async function floorOf(destination: string): Promise<FloorOf> {
  const exported = await importFrom(destination, 'emulator/floor.ts')
  if (!hasFloor(exported)) throw new Error(`destinations/${destination}/emulator/floor.ts must export floor()`)
  return exported.floor
}

const hasFloor = (value: unknown): value is { floor: FloorOf } =>
  value !== null && typeof value === 'object' && 'floor' in value && typeof value.floor === 'function'
