import { join, resolve } from 'node:path'
import {
  createMailer,
  freeAllLeases,
  freeAuditStreams,
  syncHooks,
  wakeHints,
  type AuditStream,
} from '@keyferry/core/process'
import { migrate, openPostgres, openSqlite, SchemaTooNew, type Db, type PooledConnections } from '@keyferry/db'
import {
  instanceSecret,
  IntegrityBroken,
  OWASP_COST,
  type Context,
  type Keyring,
  type Network,
  type ScryptCost,
} from '@keyferry/kernel'
import { openAuthority, type Opened } from '@keyferry/kernel/authority'
import { createMetrics } from '@keyferry/kernel/metrics'
import { createQueue, localEvents, postgresEvents, type Backend, type EventBus, type JobQueue } from '@keyferry/queue'
import type { Logger } from 'pino'
import { auditStreamsOf } from './audit-streams.ts'
import { StartupError } from './startup-error.ts'
import type { Env } from './settings/env.ts'
import { diskOf } from './monitoring/disk.ts'
import { watchFigures } from './monitoring/figures.ts'
import { followMarks } from './follow-marks.ts'
import { limitsOf, runLimitsOf } from './limits.ts'
import { makeDataDir } from './store/data-dir.ts'
import { lockDataDir } from './store/lock.ts'
import { refuseFewFiles } from './store/open-files.ts'
import { createLog } from './log/log.ts'
import { monitoringOf, type Monitoring } from './monitoring/monitoring.ts'
import { refuseUnfitPostgres } from './store/postgres-fitness.ts'
import { announce } from './processes.ts'
import { STARTUP_TIMEOUT_MS, whenReachable, whenRoom, whenUsable } from './store/reachable.ts'
import { readinessOf } from './monitoring/readiness.ts'
import { telemetryOf, type Telemetry } from './monitoring/telemetry.ts'
import { refuseUnfinishedCopy } from './store/unfinished-copy.ts'
import { VERSION } from './version.ts'
import { openRootKey, presentKeys, type GivenKeys } from './keys/root-key.ts'
import { storedKeyInPostgres, storedKeyInSqlite } from './keys/stored-key.ts'

/** What every process of Keyferry has in common: an open store, the keys, the queue and the live events. */
export interface Runtime {
  ctx: Context
  /** 32 bytes that sign-in derives its keys from. */
  authKey: Buffer
  jobs: JobQueue
  profile: 'embedded' | 'fleet'
  monitoring: Monitoring
  /** How many runs a worker does at once, and the bytes of memory that they may need together. */
  runLimits: { runs: number; bytes: number }
  /** Age at which runs are forgotten. */
  historyDays: number
  /** Age at which rows of the audit log are taken off; null: never. */
  auditDays: number | null
  /** Where copies of the audit log go. */
  auditStreams: readonly AuditStream[]
  /**
   * Does a step of the start as soon as the database can be reached: it may go away again at any moment. Throws
   * `StartupError`.
   */
  withStartupRetry<T>(work: () => Promise<T>): Promise<T>
  /** Closes all of it. Drain the jobs first. */
  close(): Promise<void>
}

export interface OpenOptions {
  /** Milliseconds that a Postgres gets to become reachable. */
  timeoutMs?: number
  /** Left out, what OWASP recommends. */
  scryptCost?: ScryptCost
  /** Milliseconds that a statement waits for a free connection. Left out, as long as a request may. */
  connectionTimeoutMs?: number
}

/**
 * Opens the instance that `env` describes: SQLite and a queue in this process, or both on Postgres with `DATABASE_URL`.
 * The queue is made, not started.
 *
 * Throws `StartupError` before anything is written: the directory is in use, the database stays away, a newer version
 * wrote the store, or the root key is missing or wrong.
 */
export async function openRuntime(env: Env, options: OpenOptions = {}): Promise<Runtime> {
  const log = createLog(env.LOG_LEVEL)
  for (const warning of env.warnings) log.warn(warning)
  // Refused before anything is opened.
  auditStreamsOf(env, networkOf(env))
  const dataDir = resolve(env.KEYFERRY_DATA_DIR)
  refuseFewFiles()
  makeDataDir(dataDir)
  const telemetry = await telemetryOf(env, log)
  const process = { log, telemetry }
  return env.DATABASE_URL === undefined
    ? whenRoom(dataDir, () => openEmbedded(env, dataDir, process, options))
    : openFleet(env, env.DATABASE_URL, dataDir, process, options)
}

async function openEmbedded(
  env: Env,
  dataDir: string,
  process: Process,
  { scryptCost }: OpenOptions,
): Promise<Runtime> {
  const lock = lockDataDir(dataDir)
  try {
    const file = join(dataDir, 'keyferry.db')
    const keyring = openRootKey(dataDir, givenKeys(env), storedKeyInSqlite(file), {
      make: env.KEYFERRY_CREATE_ROOT_KEY,
    })
    const store = await whenUsable(file, () => openStore(openSqlite(file), keyring))
    const instance = assemble(env, process, {
      ...store,
      connections: null,
      keyring,
      bus: localEvents(),
      backend: { kind: 'embedded', dir: join(dataDir, 'queue') },
      withStartupRetry: (work) => whenRoom(dataDir, work),
      scryptCost,
      unlock: lock.release,
    })
    // This is the only process, so whatever lease is left was left by a crash.
    const free = () => Promise.all([freeAllLeases(instance.ctx), freeAuditStreams(instance.ctx)])
    await whenUsable(file, free).catch(async (error: unknown) => {
      await instance.close()
      throw error
    })
    return instance
  } catch (error) {
    lock.release()
    throw error
  }
}

async function openFleet(
  env: Env,
  databaseUrl: string,
  dataDir: string,
  process: Process,
  { timeoutMs = STARTUP_TIMEOUT_MS, scryptCost, connectionTimeoutMs }: OpenOptions,
): Promise<Runtime> {
  const withStartupRetry: Runtime['withStartupRetry'] = (work) => whenReachable(work, { log: process.log, timeoutMs })
  await withStartupRetry(() => refuseUnfitPostgres(databaseUrl))
  const stored = await withStartupRetry(() => storedKeyInPostgres(databaseUrl))
  // One made here would be unknown to the other processes, and may be gone with this one's disk.
  const keyring = openRootKey(dataDir, givenKeys(env), stored, { make: false })
  const store = await withStartupRetry(async () => {
    const db = openPostgres(databaseUrl, undefined, connectionTimeoutMs)
    return { ...(await openStore(db, keyring)), connections: db.connections }
  })
  return assemble(env, process, {
    ...store,
    keyring,
    bus: postgresEvents({ databaseUrl, log: process.log }),
    backend: { kind: 'fleet', databaseUrl },
    withStartupRetry,
    scryptCost,
    unlock() {},
  })
}

export const networkOf = (env: Env): Network => ({ allowPrivate: env.KEYFERRY_ALLOW_PRIVATE_NETWORK })

export const givenKeys = (env: Env): GivenKeys => ({
  rootKey: env.KEYFERRY_ROOT_KEY,
  nextRootKey: env.KEYFERRY_ROOT_KEY_NEXT,
})

interface Store extends Opened {
  authKey: Buffer
}

/**
 * The store with its schema up to date and its rows checked, and the secret that sign-in derives its keys from. Closes
 * it when that does not work.
 */
async function openStore(db: Db, keyring: Keyring): Promise<Store> {
  try {
    await upToDate(db)
    return { ...(await openAuthority({ db, keyring })), authKey: await instanceSecret({ db, keyring }) }
  } catch (error) {
    await db.destroy()
    throw error instanceof IntegrityBroken ? new StartupError(`${error.message} Nothing was changed.`, error) : error
  }
}

async function upToDate(db: Db): Promise<void> {
  await refuseUnfinishedCopy(db)
  try {
    await migrate(db)
  } catch (error) {
    if (!(error instanceof SchemaTooNew)) throw error
    throw new StartupError(
      `This Keyferry is too old for its data: ${error.message}. Start that version. Nothing was changed.`,
      error,
    )
  }
}

/** What a process writes to. */
interface Process {
  log: Logger
  telemetry: Telemetry
}

interface Parts extends Store {
  connections: (() => PooledConnections) | null
  keyring: Keyring
  bus: EventBus
  backend: Backend
  withStartupRetry: Runtime['withStartupRetry']
  scryptCost: ScryptCost | undefined
  unlock(): void
}

function assemble(env: Env, { log, telemetry }: Process, parts: Parts): Runtime {
  const { db, keyring, authority, integrity, authKey, bus, backend, withStartupRetry, unlock } = parts
  const { scryptCost = OWASP_COST } = parts
  const metrics = createMetrics({
    build: { version: VERSION, profile: backend.kind },
    // Where nobody can read them, they only keep an idle process awake.
    ofProcess: env.METRICS_TOKEN !== undefined || env.METRICS_PORT !== undefined || telemetry.exportsMetrics,
  })
  const auditStreams = auditStreamsOf(env, networkOf(env))
  const jobs = createQueue({
    backend,
    log,
    hints: (syncIds) => wakeHints(ctx, syncIds),
    tracing: telemetry.tracing,
  })
  const ctx: Context = {
    db,
    keyring,
    authority,
    queue: jobs.queue,
    events: bus.events,
    hooks: syncHooks,
    network: networkOf(env),
    metrics,
    tracing: telemetry.tracing,
    mail:
      env.SMTP_URL !== undefined && env.MAIL_FROM !== undefined
        ? createMailer({ url: env.SMTP_URL, from: env.MAIL_FROM })
        : null,
    consoleUrl: env.KEYFERRY_URL ?? null,
    log,
    limits: limitsOf(env),
    scryptCost,
    now: () => new Date(),
  }
  integrity.reportTo(ctx)
  authority.writeTo(ctx)
  const dataDir = resolve(env.KEYFERRY_DATA_DIR)
  watchFigures(ctx, { dataDir, auditStreams, connections: parts.connections })
  telemetry.exportMetrics(metrics.registry)
  const following = followMarks(ctx)
  const announced = announce(ctx, () => ({
    rootKeys: presentKeys(dataDir, givenKeys(env)),
    dataDir: env.KEYFERRY_ROOT_KEY ? null : dataDir,
  }))
  const readiness = readinessOf(ctx, jobs, {
    streams: auditStreams,
    ...(backend.kind === 'embedded' ? { disk: () => diskOf(dataDir) } : {}),
  })
  return {
    ctx,
    authKey,
    jobs: { ...jobs, start: () => withStartupRetry(jobs.start) },
    withStartupRetry,
    profile: backend.kind,
    monitoring: monitoringOf(ctx, readiness, env.METRICS_TOKEN),
    runLimits: runLimitsOf(env),
    historyDays: env.KEYFERRY_HISTORY_DAYS,
    auditDays: env.KEYFERRY_AUDIT_DAYS,
    auditStreams,
    async close() {
      await announced.stop()
      await following.stop()
      await jobs.stop()
      await bus.close()
      await telemetry.stop()
      await db.destroy()
      unlock()
    },
  }
}
