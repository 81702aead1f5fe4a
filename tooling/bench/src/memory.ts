/**
 * A worker of a fleet with the heap that node takes in a container of 512 MB, while many large syncs are due at once;
 * and the same without limits. Each sync has an account of its own, so nothing else holds them back.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startCluster, type Cluster } from '@keyferry/chaos/cluster'
import { bootstrap } from '@keyferry/chaos/scenario'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { openPostgres, type Db } from '@keyferry/db'
import { createQueue } from '@keyferry/queue'
import { pino } from 'pino'
import { startFleetVendor, type FleetVendor } from './fleet-vendor.ts'
import { withPostgres, type OwnPostgres } from './own-postgres.ts'
import { printTable } from './table.ts'

type KeptProcess = Cluster['workers'][number]

const SYNCS = 128
const FOLDERS = 16
const KEYS = 1_000
const VALUE_BYTES = 4_096
/** Half of the container, as node takes it. */
const HEAP_MB = 256
const LATENCY_MS = 100
/** A worker that has not done it by then is measured as it is: the bench ends within five minutes. */
const LONGEST_MS = 120_000

export const measureMemory = (): Promise<void> => withPostgres(measureOn)

async function measureOn({ dir, createDatabase }: OwnPostgres): Promise<void> {
  const databaseUrl = await createDatabase('memory')
  const vendor = await startFleetVendor(SYNCS, 'trigger-dev')
  const eachWorker = [
    { flags: [`--max-old-space-size=${HEAP_MB}`] },
    { env: { KEYFERRY_WORKER_MEMORY: String(2 ** 40) } },
  ]
  const cluster = await startCluster({
    profile: 'postgres',
    dir: join(dir, 'cluster'),
    apis: 1,
    workers: 2,
    eachWorker,
    databaseUrl,
    // Whether a worker is ready is read from its log.
    logLevel: 'info',
  })
  const db = openPostgres(databaseUrl, 2)
  try {
    const [api] = cluster.servers
    if (!api) throw new Error('a cluster has a server')
    for (const worker of cluster.workers) await worker.terminate()
    await prepare(createKeyferryClient({ url: api.url, token: await bootstrap(api.url) }), vendor)
    await vendor.setLatency(LATENCY_MS)
    const rows = []
    const took: number[] = []
    for (const [i, worker] of cluster.workers.entries()) {
      await vendor.clear()
      const { seconds, ...measured } = await measure(db, databaseUrl, worker)
      took.push(seconds)
      rows.push({
        worker: i === 0 ? `heap of ${HEAP_MB} MB, default limits` : 'no limits',
        seconds: seconds.toFixed(1),
        ...measured,
      })
    }
    printTable(
      `${SYNCS} syncs x ${KEYS} keys x ${VALUE_BYTES} bytes due at once, one worker on Postgres, provider at ${LATENCY_MS} ms`,
      rows,
    )
    const [limited = 0, unlimited = 0] = took
    console.log(`With the limits it took ${(limited / unlimited).toFixed(2)} times as long as without`)
  } finally {
    await db.destroy()
    await cluster.stop()
    vendor.stop()
  }
}

async function prepare(client: KeyferryClient, { accounts }: FleetVendor): Promise<void> {
  const { id: projectId } = await client.projects.create.mutate({ name: 'Memory' })
  const place = { projectId, environment: 'dev' }
  for (let folder = 0; folder < FOLDERS; folder++) {
    const secretPath = `/folder-${folder}`
    await client.folders.create.mutate({ ...place, name: `folder-${folder}`, path: '/' })
    const secrets = Array.from({ length: KEYS }, (_, i) => ({
      key: `KEY_${i}`,
      value: randomBytes(VALUE_BYTES / 2).toString('hex'),
    }))
    for (let from = 0; from < KEYS; from += 100)
      await client.secrets.createMany.mutate({ ...place, secretPath, secrets: secrets.slice(from, from + 100) })
  }
  for (const [i, { destination, credentials, target }] of accounts.entries()) {
    const connection = await client.connections.create.mutate({ destination, name: `sync-${i}`, credentials })
    await client.syncs.create.mutate({
      ...place,
      secretPath: `/folder-${i % FOLDERS}`,
      destination,
      name: `sync-${i}`,
      connectionId: connection.id,
      autoSync: false,
      options: {},
      target,
    })
  }
}

/** Makes every sync due, starts the worker and waits until all have run. */
async function measure(db: Db, databaseUrl: string, worker: KeptProcess) {
  await db
    .updateTable('syncs')
    .set((eb) => ({ wanted: eb('wanted', '+', 1), due: eb('wanted', '+', 1) }))
    .execute()
  const jobs = createQueue({ backend: { kind: 'fleet', databaseUrl }, log: pino({ level: 'warn' }) })
  await jobs.start()
  worker.start()
  while (!worker.ready) await pause(20)
  const syncs = await db.selectFrom('syncs').select('id').execute()
  const began = performance.now()
  await jobs.queue.wake(syncs.map(({ id }) => id))
  let peak = 0
  while (await db.selectFrom('syncs').whereRef('seen', '<', 'due').select('id').limit(1).executeTakeFirst()) {
    if (performance.now() - began > LONGEST_MS) break
    peak = Math.max(peak, await peakOf(worker))
    await pause(100)
  }
  const seconds = (performance.now() - began) / 1000
  peak = Math.max(peak, await peakOf(worker))
  await jobs.stop()
  await worker.terminate()
  const { failed } = await db
    .selectFrom('syncs')
    .where('state', '!=', 'succeeded')
    .select((eb) => eb.fn.countAll().as('failed'))
    .executeTakeFirstOrThrow()
  return {
    seconds,
    'peak MB': Math.round(peak / 1024),
    crashes: worker.surprises.length,
    'not succeeded': Number(failed),
  }
}

/** Kilobytes that were resident at most; 0 where the system doesn't say. */
async function peakOf({ pid }: KeptProcess): Promise<number> {
  const status = pid === null ? '' : await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0)
}
