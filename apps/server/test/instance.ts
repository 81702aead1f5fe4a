/**
 * The whole app for tests: in this process on a free port, with a data directory of its own and every vendor emulated.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { KeyferryClient } from '@keyferry/client'
import { representatives, type Emulator } from '@keyferry/core/emulators'
import { createMigratedDatabase } from '@keyferry/db/testing'
import { CHEAP_COST } from '@keyferry/kernel/testing'
import { copyEmptyQueue } from '@keyferry/queue/testing'
import { readEnv } from '@keyferry/runtime'
import { describe, inject, onTestFinished } from 'vitest'
import { bootstrap, clientOf, type Account } from '../src/demo/setup.ts'
import { startKeyferry, type Running } from '../src/start.ts'

export type Profile = 'embedded' | 'fleet'

/** What has to be the same for an instance to find its data again. */
export interface Place {
  dataDir: string
  databaseUrl: string | null
}

export interface TestInstance extends Place {
  /** Without a slash at the end. Moves with `restart()`. */
  url: string
  stop(): Promise<void>
  /** Starts it again on the same data, on another port. After `stop()`. */
  restart(): Promise<void>
}

/** Runs a suite with SQLite and the embedded queue, and on Postgres. */
export function onEveryProfile(suite: (profile: Profile) => void): void {
  describe('embedded', () => suite('embedded'))
  describe.skipIf(!inject('postgresUrl'))('fleet', () => suite('fleet'))
}

/** Called with what ends something; default: at the end of the test. What serves a whole file is ended after it. */
type AtEnd = (end: () => Promise<unknown>) => void
const withTest: AtEnd = (end) => onTestFinished(async () => void (await end()))

/** A directory, and for the fleet a database, by default a migrated one, that are removed at the end. */
export async function newPlace(
  profile: Profile,
  atEnd: AtEnd = withTest,
  createDatabase = createMigratedDatabase,
): Promise<Place> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keyferry-test-'))
  atEnd(() => rm(dataDir, { recursive: true, force: true }))
  if (profile === 'fleet') {
    await writeFile(join(dataDir, 'root.key'), randomBytes(32).toString('base64'), { mode: 0o600 })
    return { dataDir, databaseUrl: await createDatabase() }
  }
  await copyEmptyQueue(join(dataDir, 'queue'))
  return { dataDir, databaseUrl: null }
}

/** For `/metrics` of these processes. */
export const METRICS_TOKEN = 'a-token-for-prometheus'

/** Of processes that run the sources, as `start` has it: without it each compiles its modules again. */
export const NODE_COMPILE_CACHE = resolve(import.meta.dirname, '../../../node_modules/.cache/node')

/** The settings of a process on that place. `PORT=0` takes any free port. */
export const environmentOf = ({ dataDir, databaseUrl }: Place): Record<string, string> => ({
  PORT: '0',
  LOG_LEVEL: 'error',
  KEYFERRY_DATA_DIR: dataDir,
  KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true',
  METRICS_TOKEN,
  ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
})

/** The app in this process, with passwords that cost nothing; the caller stops it. */
export const startInProcess = (variables: Record<string, string>): Promise<Running> =>
  startKeyferry(readEnv(variables), { scryptCost: CHEAP_COST })

/** Starts the app; it is stopped at the end. */
export async function startInstance(profile: Profile, place?: Place, atEnd: AtEnd = withTest): Promise<TestInstance> {
  const where = place ?? (await newPlace(profile, atEnd))
  const queue = join(where.dataDir, 'queue')
  const start = async (): Promise<Running> => {
    // Where it was deleted, the start would make it again in ten seconds of a processor, as a test of the queue does.
    if (where.databaseUrl === null && !existsSync(queue)) await copyEmptyQueue(queue)
    return startInProcess(environmentOf(where))
  }
  let running: Running | null = await start()
  const instance: TestInstance = {
    ...where,
    url: running.url,
    async stop() {
      const stopping = running
      running = null
      await stopping?.stop()
    },
    async restart() {
      running = await start()
      instance.url = running.url
    },
  }
  atEnd(() => instance.stop())
  return instance
}

/** One emulator per destination, stopped with the test. */
export async function startEmulators(): Promise<Map<string, Emulator>> {
  const started = await Promise.all(
    [...(await representatives())].map(async ([name, start]) => [name, await start()] as const),
  )
  onTestFinished(async () => {
    await Promise.all(started.map(([, emulator]) => emulator.close()))
  })
  return new Map(started)
}

/** The first account of an empty instance, and a client with its token. */
export async function signUp(instance: TestInstance): Promise<{ account: Account; client: KeyferryClient }> {
  const account = await bootstrap(instance.url)
  return { account, client: clientOf(instance.url, account) }
}
