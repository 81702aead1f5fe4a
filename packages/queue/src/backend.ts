import { rm } from 'node:fs/promises'
import { CONNECTION_SECONDS, preparing, storeTrouble } from '@keyferry/db'
import type pg from 'pg'
import type { Logger } from 'pino'
import { PgBoss, type ConstructorOptions } from 'pg-boss'
import { openDatabase } from './embedded-database.ts'
import { preparedStatements } from './prepared-statements.ts'

/** Where the jobs are: on a Postgres in this process, or on the fleet's. */
export type Backend =
  /**
   * `dir`: the directory of the in-process Postgres. It is disposable. The caller holds the lock: PGlite takes none.
   */
  { kind: 'embedded'; dir: string } | { kind: 'fleet'; databaseUrl: string }

export interface OpenBoss {
  boss: PgBoss
  /** Seconds after which an idle lane looks for jobs that nobody woke it for. */
  pollSeconds: number
  /** Whether the database tells idle lanes of new jobs. Else their sender wakes them: it is in the same process. */
  notifies: boolean
  close(): Promise<void>
}

export const QUEUE = 'sync'

/** pg-boss gives its pool all of them. */
type Options = ConstructorOptions &
  Pick<
    pg.PoolConfig,
    'maxLifetimeSeconds' | 'onConnect' | 'statement_timeout' | 'lock_timeout' | 'idle_in_transaction_session_timeout'
  >

const OPTIONS: Options = {
  schema: 'pgboss',
  useListenNotify: true,
  // A dead worker's job is taken over within a few of these.
  superviseIntervalSeconds: 5,
  monitorIntervalSeconds: 5,
  // The lanes fetch one after another over few connections; a statement waits rather than opening one more.
  max: 5,
  application_name: 'keyferry-queue',
  connectionTimeoutMillis: 5_000,
  maxLifetimeSeconds: CONNECTION_SECONDS,
  // Maintenance of a large table may take a while; an open transaction without a statement is a process that was
  // paused.
  statement_timeout: 60_000,
  lock_timeout: 30_000,
  idle_in_transaction_session_timeout: 30_000,
  maintenanceIntervalSeconds: 300,
  // No cron, no graphs of jobs, no rebuilding of indexes: the table is small and its rows are short-lived.
  schedule: false,
  flowIntervalSeconds: 60,
  reindex: false,
  monitorVacuum: false,
}

/**
 * Of a database that nobody else sees: a statement on WebAssembly takes about two milliseconds of CPU, so nothing is
 * asked again and again. Jobs of dead processes are deleted at the start, and lanes are woken by their senders.
 */
const EMBEDDED: Options = {
  ...OPTIONS,
  backend: 'pglite',
  useListenNotify: false,
  superviseIntervalSeconds: 60,
  monitorIntervalSeconds: 60,
}

/** Opens the queue's database, starts pg-boss on it and declares the one queue. Throws when that is not possible. */
export async function openBoss(backend: Backend, log: Logger): Promise<OpenBoss> {
  if (backend.kind === 'fleet') {
    // Several processes may be the first one; pg-boss takes an advisory lock for its migrations.
    const options: Options = { ...OPTIONS, connectionString: backend.databaseUrl, onConnect: preparing() }
    const boss = listened(new PgBoss(options), log)
    const close = (): Promise<void> => boss.stop({ graceful: false, close: true })
    try {
      await begin(boss, { notify: true })
    } catch (error) {
      await close().catch(() => {})
      throw error
    }
    return { boss, pollSeconds: 5, notifies: true, close }
  }
  try {
    return await openEmbedded(backend.dir, log)
  } catch (error) {
    // Nothing in it is needed: the sweep sends again whatever is due.
    log.warn({ err: error, dir: backend.dir }, 'the queue directory cannot be opened; it is created again')
    await rm(backend.dir, { recursive: true, force: true })
    return openEmbedded(backend.dir, log)
  }
}

async function openEmbedded(dir: string, log: Logger): Promise<OpenBoss> {
  const pglite = await openDatabase(dir, log)
  try {
    const statements = await preparedStatements(pglite, (error) => log.warn({ err: error }, 'queue'))
    const boss = listened(new PgBoss({ ...EMBEDDED, db: statements.db }), log)
    await begin(boss, { notify: false })
    // What an earlier process left, jobs that look active included, says nothing about the present.
    await boss.deleteAllJobs(QUEUE)
    return {
      boss,
      pollSeconds: 60,
      notifies: false,
      async close() {
        await boss.stop({ graceful: false, close: true })
        await statements.close()
        await pglite.close()
      },
    }
  } catch (error) {
    await pglite.close().catch(() => {})
    throw error
  }
}

async function begin(boss: PgBoss, { notify }: { notify: boolean }): Promise<void> {
  await boss.start()
  const options = {
    notify,
    retryLimit: 2,
    retryDelay: 1,
    heartbeatSeconds: 10,
    expireInSeconds: 3600,
    deleteAfterSeconds: 300,
  }
  // `exclusive`: one job per key, queued or active. `stately` and `singleton` block and stall; the group policies race.
  await boss.createQueue(QUEUE, { policy: 'exclusive', ...options })
  await boss.updateQueue(QUEUE, options)
}

/** Milliseconds between two warnings of a database that is away: each lane meets it every few seconds. */
const OUTAGE_WARNING_MS = 60_000

function listened(boss: PgBoss, log: Logger): PgBoss {
  let warnedAt = -Infinity
  boss.on('error', (error) => {
    // What a lane met is a plain object with the error's fields.
    if (storeTrouble(Object.assign(new Error(error.message), error)) === null) return log.warn({ err: error }, 'queue')
    const isRepeated = performance.now() - warnedAt < OUTAGE_WARNING_MS
    if (!isRepeated) warnedAt = performance.now()
    log[isRepeated ? 'debug' : 'warn'](
      { err: error },
      'the database of the queue cannot be used just now; trying again',
    )
  })
  boss.on('warning', (warning) => log.debug({ warning }, 'queue'))
  return boss
}
