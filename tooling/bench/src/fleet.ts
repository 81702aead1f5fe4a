/**
 * The fleet on Postgres in real processes: one API, some workers, every vendor emulated in another process. How many
 * syncs a second, how long a change takes, and how many jobs the worker loop does beside pg-boss alone.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { bootstrap } from '@keyferry/chaos/scenario'
import { startCluster } from '@keyferry/chaos/cluster'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { openPostgres, type Db } from '@keyferry/db'
import { createQueue, type JobQueue } from '@keyferry/queue'
import { pino } from 'pino'
import { startFleetVendor, type Account, type FleetVendor } from './fleet-vendor.ts'
import { rawJobsPerSecond } from './fleet-raw.ts'
import { withPostgres, type OwnPostgres } from './own-postgres.ts'
import { ms, percentile, printTable } from './table.ts'

const SYNCS = 50
const KEYS = 50
const LATENCY_MS = 50
/** Every sync's folder gets one change; so many times. */
const BURSTS = 10
const STEADY_PER_SECOND = 10
const STEADY_S = 30
/**
 * Syncs that are due at once where jobs are counted, as after an outage: so many of as many keys, and so many of one.
 */
const BACKLOG = 200
/**
 * So often, in turns with pg-boss alone, so that the machine's moods meet both; the first turn warms up. The median
 * counts.
 */
const TURNS = 8
const BACKLOGS_PER_TURN = 3
/** Syncs made at once. */
const MAKERS = 25

export async function measureFleet(workerCounts: readonly number[] = [1, 2, 4]): Promise<void> {
  const rows = await withPostgres(async (postgres) => {
    const rows = []
    for (const workers of workerCounts) {
      const row = await measure(postgres, workers)
      console.log(`${workers} workers: ${JSON.stringify(row)}`)
      rows.push(row)
    }
    return rows
  })
  printTable(
    `Fleet on Postgres: ${SYNCS} syncs x ${KEYS} keys, vendors at ${LATENCY_MS} ms; from sending a write to its value at the target`,
    rows.map(({ delivery }) => delivery),
  )
  printTable(
    `Jobs per second, vendors at 0 ms, ${BACKLOG} due at once; pg-boss alone: fetch and complete in 8 lanes`,
    rows.map(({ jobs }) => jobs),
  )
}

async function measure(postgres: OwnPostgres, workers: number) {
  const databaseUrl = await postgres.createDatabase(`fleet_${workers}`)
  const dir = join(postgres.dir, `${workers}`)
  const vendor = await startFleetVendor(2 * BACKLOG)
  const stage = await startCluster({ profile: 'postgres', dir, apis: 1, workers, databaseUrl, logLevel: 'warn' })
  const db = openPostgres(databaseUrl, 2)
  try {
    const [api] = stage.servers
    if (!api) throw new Error('a stage has a server')
    const client = createKeyferryClient({ url: api.url, token: await bootstrap(api.url) })
    const change = await prepare(client, vendor)

    await vendor.setLatency(LATENCY_MS)
    const began = performance.now()
    const bursts: number[] = []
    for (let burst = 0; burst < BURSTS; burst += 1) {
      bursts.push(...(await Promise.all(Array.from({ length: SYNCS }, (_, sync) => change(sync)))))
    }
    const perSecond = (SYNCS * BURSTS * 1000) / (performance.now() - began)
    const steady = await trickle(change)
    await vendor.setLatency(0)

    return {
      delivery: {
        workers,
        'syncs/s': perSecond.toFixed(0),
        'all at once p50 ms': ms(percentile(bursts, 50)),
        'p95 ms': ms(percentile(bursts, 95)),
        'p99 ms': ms(percentile(bursts, 99)),
        [`${STEADY_PER_SECOND}/s p50 ms`]: ms(percentile(steady, 50)),
        'p95  ms': ms(percentile(steady, 95)),
        'p99  ms': ms(percentile(steady, 99)),
      },
      jobs: await measureJobs(db, databaseUrl, workers, (name) => postgres.createDatabase(`${name}_${workers}`)),
    }
  } finally {
    await db.destroy()
    await stage.stop()
    vendor.stop()
  }
}

const keysOf = (sync: number): number => (sync < BACKLOG ? KEYS : 1)

/**
 * A folder, a connection and a filled target per sync. The function it gives changes one key and resolves to how long
 * that took.
 */
async function prepare(client: KeyferryClient, vendor: FleetVendor): Promise<(sync: number) => Promise<number>> {
  const { id: projectId } = await client.projects.create.mutate({ name: 'Fleet' })
  const place = { projectId, environment: 'dev' }
  const key = (i: number): string => `KEY_${String(i).padStart(3, '0')}`
  const make = async (i: number, { destination, credentials, target }: Account): Promise<void> => {
    const name = `sync-${i}`
    const secretPath = `/folder-${i}`
    await client.folders.create.mutate({ ...place, name: `folder-${i}`, path: '/' })
    const secrets = Array.from({ length: keysOf(i) }, (_, k) => ({
      key: key(k),
      value: `value ${i} ${k} first`,
    }))
    await client.secrets.createMany.mutate({ ...place, secretPath, secrets })
    const connection = await client.connections.create.mutate({ destination, name, credentials })
    await client.syncs.create.mutate({
      ...place,
      secretPath,
      destination,
      name,
      connectionId: connection.id,
      options: {},
      target,
    })
  }
  const left = vendor.accounts.entries()
  const makers = Array.from({ length: MAKERS }, async () => {
    for (const [i, account] of left) await make(i, account)
  })
  await Promise.all(makers)
  const filled = vendor.accounts.map((_, i) => {
    const last = keysOf(i) - 1
    return vendor.arrival(i, key(last), `value ${i} ${last} first`)
  })
  await Promise.all(filled)

  let changes = 0
  return async (sync) => {
    changes += 1
    const changed = key(Math.floor(changes / SYNCS) % KEYS)
    const value = `value ${sync} changed ${changes}`
    const arrival = vendor.arrival(sync, changed, value)
    const began = Date.now()
    const write = { ...place, secretPath: `/folder-${sync}`, key: changed, value }
    // On a busy machine fifty writes at once may have to retry; that counts as part of the time.
    while (
      !(await client.secrets.update.mutate(write).then(
        () => true,
        () => false,
      ))
    )
      await pause(50)
    return (await arrival) - began
  }
}

/** Changes at a steady pace, whatever the ones before take; how long each took. */
async function trickle(change: (sync: number) => Promise<number>): Promise<number[]> {
  const took: Promise<number>[] = []
  const began = performance.now()
  for (let i = 0; i < STEADY_PER_SECOND * STEADY_S; i += 1) {
    await pause(Math.max(0, began + (i * 1000) / STEADY_PER_SECOND - performance.now()))
    // A step that has no divisor in common with their number visits all syncs before it comes back.
    took.push(change((i * 7) % SYNCS))
  }
  return Promise.all(took)
}

/** Jobs per second. */
interface Turn {
  alone: number
  byEight: number
  one: number
  many: number
}

/**
 * Jobs that look and find nothing to write, through the workers that are up; and pg-boss with empty hands in between.
 */
async function measureJobs(
  db: Db,
  databaseUrl: string,
  workers: number,
  emptyDatabase: (name: string) => Promise<string>,
) {
  const log = pino({ level: 'warn' })
  const jobs = createQueue({ backend: { kind: 'fleet', databaseUrl }, log })
  await jobs.start()
  const rawUrl = await emptyDatabase('raw')
  const syncs = await db.selectFrom('syncs').select(['id', 'name']).execute()
  const idsOf = (keys: number): string[] =>
    syncs.filter(({ name }) => keysOf(Number(name.replace('sync-', ''))) === keys).map(({ id }) => id)
  const turns: Turn[] = []
  for (let turn = 0; turn < TURNS; turn += 1) {
    turns.push({
      alone: await rawJobsPerSecond(rawUrl, { jobs: BACKLOG * BACKLOGS_PER_TURN, atOnce: 1, log }),
      byEight: await rawJobsPerSecond(rawUrl, { jobs: BACKLOG * BACKLOGS_PER_TURN, atOnce: 8, log }),
      one: await jobsPerSecond(db, jobs, idsOf(1)),
      many: await jobsPerSecond(db, jobs, idsOf(KEYS)),
    })
  }
  await jobs.stop()
  const warm = turns.slice(1)
  const median = (of: (turn: Turn) => number): number => percentile(warm.map(of), 50)
  return {
    workers,
    'pg-boss alone': median(({ alone }) => alone).toFixed(0),
    '1 key': median(({ one }) => one).toFixed(0),
    share: median(({ one, alone }) => one / alone).toFixed(2),
    [`${KEYS} keys`]: median(({ many }) => many).toFixed(0),
    'share ': median(({ many, alone }) => many / alone).toFixed(2),
    'pg-boss alone, eight at a time': median(({ byEight }) => byEight).toFixed(0),
  }
}

async function jobsPerSecond(db: Db, { queue }: JobQueue, ids: readonly string[]): Promise<number> {
  const behind = db.selectFrom('syncs').whereRef('seen', '<', 'due').select('id').limit(1)
  const began = performance.now()
  for (let backlog = 0; backlog < BACKLOGS_PER_TURN; backlog += 1) {
    await db
      .updateTable('syncs')
      .set((eb) => ({ wanted: eb('wanted', '+', 1), due: eb('wanted', '+', 1) }))
      .where('id', 'in', ids)
      .execute()
    await queue.wake(ids)
    while (await behind.executeTakeFirst()) await pause(10)
  }
  return (BACKLOGS_PER_TURN * ids.length * 1000) / (performance.now() - began)
}
