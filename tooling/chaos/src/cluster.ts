/** The product as an operator would run it, in real processes, on a data directory of its own. */
import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '@keyferry/vitest/free-port'
import type { Program } from '@keyferry/vitest/programs'
import { startPostgres } from './postgres.ts'
import { keptProcess, type KeptProcess } from './process.ts'

export type Profile = 'embedded' | 'postgres'

/** A process that answers HTTP. */
export interface Server {
  url: string
  process: KeptProcess
}

export interface Cluster {
  profile: Profile
  servers: readonly Server[]
  workers: readonly KeptProcess[]
  /** Kills Postgres and starts it again; null where the cluster doesn't own one. */
  crashDatabase: (() => Promise<void>) | null
  /** Deletes the embedded queue; only while its process is dead. Null where there is none. */
  wipeQueue: (() => Promise<void>) | null
  /** Stops every process. What they stored stays in the directory. */
  stop(): Promise<void>
}

export interface ClusterOptions {
  profile: Profile
  /** An empty directory for everything that is stored or logged. */
  dir: string
  apis: number
  workers: number
  /** What differs between the workers, in order: flags of node, and settings. */
  eachWorker?: readonly { flags?: readonly string[]; env?: Record<string, string> }[]
  /** A Postgres that is there already and must not be killed; left out, the fleet gets one of its own. */
  databaseUrl?: string
  /** Creates the embedded queue in a folder; left out, the first start takes its time for it. */
  createQueue?: (dir: string) => Promise<void>
  /** What is started; default: the sources. */
  program?: ProgramOf
  /** Default: as much as there is, so that there is something to search for values. */
  logLevel?: string
}

/** Of the product, by the folder below `apps`. */
type ProgramOf = (app: 'server' | 'api' | 'worker') => Promise<Program>

const ROOT = join(import.meta.dirname, '../../..')
const sourceOf: ProgramOf = async (app) => ({
  file: join(ROOT, 'apps', app, 'src/main.ts'),
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node'),
})

/** Of what hangs: on a machine that is busy, a start took a minute. */
const READY_MS = 180_000

/** Starts every process at once and resolves when all servers answer. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  await mkdir(join(options.dir, 'logs'), { recursive: true })
  const cluster = options.profile === 'embedded' ? await embedded(options) : await fleet(options)
  try {
    for (const process of processesOf(cluster)) process.start()
    await Promise.all(cluster.servers.map((server) => ready(server)))
    return cluster
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

export const processesOf = ({ servers, workers }: Cluster): KeptProcess[] => [
  ...servers.map(({ process }) => process),
  ...workers,
]

/** Resolves when the server answers. Throws when it does not within three minutes. */
export async function ready({ url, process }: Server): Promise<void> {
  const until = performance.now() + READY_MS
  while (performance.now() < until) {
    const answers = await fetch(`${url}/api/status`, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.ok,
      () => false,
    )
    if (answers) return
    await pause(50)
  }
  throw new Error(`${process.name} does not answer within ${READY_MS / 1000} s`)
}

const common = ({ dir, logLevel = 'debug' }: ClusterOptions): Record<string, string> => ({
  KEYFERRY_DATA_DIR: join(dir, 'data'),
  KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true',
  LOG_LEVEL: logLevel,
})

async function embedded(options: ClusterOptions): Promise<Cluster> {
  const { dir, createQueue, program = sourceOf } = options
  await createQueue?.(join(dir, 'data/queue'))
  const port = await freePort()
  const process = keptProcess({
    name: 'keyferry',
    program: await program('server'),
    env: { ...common(options), PORT: String(port) },
    log: join(dir, 'logs/keyferry.log'),
  })
  return {
    profile: 'embedded',
    servers: [{ url: `http://127.0.0.1:${port}`, process }],
    workers: [],
    crashDatabase: null,
    wipeQueue: () => rm(join(dir, 'data/queue'), { recursive: true, force: true }),
    stop: () => process.terminate(),
  }
}

async function fleet(options: ClusterOptions): Promise<Cluster> {
  const { dir, apis, workers, eachWorker = [], databaseUrl, program = sourceOf } = options
  const postgres = databaseUrl === undefined ? await startPostgres(join(dir, 'postgres')) : null
  const env = {
    ...common(options),
    DATABASE_URL: databaseUrl ?? postgres?.url ?? '',
    KEYFERRY_ROOT_KEY: randomBytes(32).toString('base64'),
  }
  const [api, worker] = await Promise.all([program('api'), program('worker')])
  const make = (
    name: string,
    program: Program,
    more: Record<string, string> = {},
    flags: readonly string[] = [],
  ): KeptProcess =>
    keptProcess({
      flags,
      name,
      program,
      env: { ...env, ...more },
      log: join(dir, `logs/${name}.log`),
    })
  const servers = await Promise.all(
    Array.from({ length: apis }, async (_, i): Promise<Server> => {
      const port = await freePort()
      return { url: `http://127.0.0.1:${port}`, process: make(`api-${i + 1}`, api, { PORT: String(port) }) }
    }),
  )
  const kept = Array.from({ length: workers }, (_, i) =>
    make(`worker-${i + 1}`, worker, eachWorker[i]?.env, eachWorker[i]?.flags),
  )
  return {
    profile: 'postgres',
    servers,
    workers: kept,
    crashDatabase: postgres && (() => postgres.crash()),
    wipeQueue: null,
    async stop() {
      await Promise.all([...servers.map(({ process }) => process), ...kept].map((process) => process.terminate()))
      await postgres?.stop()
    },
  }
}
