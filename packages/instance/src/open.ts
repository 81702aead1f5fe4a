import { accessSync, constants, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Context } from '@keyferry/core/context'
import { freeAllLeases } from '@keyferry/core/sync/lease'
import { migrate, openPostgres, openSqlite, SchemaTooNew, type Db } from '@keyferry/db'
import { createQueue, localEvents, postgresEvents, type JobQueue } from '@keyferry/queue'
import { pino, type Logger } from 'pino'
import { CannotStart } from './cannot-start.ts'
import type { Env } from './env.ts'
import { lockDataDir } from './lock.ts'
import { openRootKey } from './root-key.ts'
import { storedKeyInPostgres, storedKeyInSqlite } from './stored-key.ts'

/** What every process of Keyferry has in common: an open store, the keys, the queue and the live events. */
export interface Instance {
  ctx: Context
  /** 32 bytes, for what else is derived from it. */
  rootKey: Buffer
  jobs: JobQueue
  profile: 'embedded' | 'fleet'
  /** Closes all of it. Drain the jobs first. */
  close(): Promise<void>
}

/**
 * Opens the instance that `env` describes: SQLite and a queue in this process, or both on Postgres with `DATABASE_URL`. The queue is
 * made, not started. `makeKey`: a root key may be made where nothing is stored yet; processes of a fleet must share one instead.
 *
 * Throws `CannotStart` before anything is written when the directory is in use or the root key is missing or wrong.
 */
export async function openInstance(env: Env, { makeKey }: { makeKey: boolean }): Promise<Instance> {
  const log = pino({ level: env.LOG_LEVEL, base: null })
  const dataDir = resolve(env.KEYFERRY_DATA_DIR)
  makeDataDir(dataDir)
  return env.DATABASE_URL === undefined
    ? openEmbedded(env, dataDir, log, makeKey)
    : openFleet(env, env.DATABASE_URL, dataDir, log, makeKey)
}

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK)
  } catch (error) {
    throw new CannotStart(
      `The data directory ${dataDir} cannot be used: ${String(error)}. Set KEYFERRY_DATA_DIR to another one.`,
      error,
    )
  }
}

async function openEmbedded(env: Env, dataDir: string, log: Logger, make: boolean): Promise<Instance> {
  const lock = lockDataDir(dataDir)
  try {
    const file = join(dataDir, 'keyferry.db')
    const { rootKey, keyring } = openRootKey(dataDir, env.KEYFERRY_ROOT_KEY, storedKeyInSqlite(file), { make })
    const db = openSqlite(file)
    await bringUp(db)
    const bus = localEvents()
    const jobs = createQueue({ backend: { kind: 'embedded', dir: join(dataDir, 'queue') }, log })
    const ctx = {
      db,
      keyring,
      queue: jobs.queue,
      events: bus.events,
      network: networkOf(env),
      log,
      now: () => new Date(),
    }
    // This is the only process, so whatever lease is left was left by a crash.
    await freeAllLeases(ctx)
    return {
      ctx,
      rootKey,
      jobs,
      profile: 'embedded',
      async close() {
        await jobs.stop()
        await bus.close()
        await db.destroy()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

async function openFleet(
  env: Env,
  databaseUrl: string,
  dataDir: string,
  log: Logger,
  make: boolean,
): Promise<Instance> {
  const { rootKey, keyring } = openRootKey(dataDir, env.KEYFERRY_ROOT_KEY, await storedKeyInPostgres(databaseUrl), {
    make,
  })
  const db = openPostgres(databaseUrl)
  await bringUp(db)
  const bus = postgresEvents({ databaseUrl, log })
  const jobs = createQueue({ backend: { kind: 'fleet', databaseUrl }, log })
  return {
    rootKey,
    ctx: { db, keyring, queue: jobs.queue, events: bus.events, network: networkOf(env), log, now: () => new Date() },
    jobs,
    profile: 'fleet',
    async close() {
      await jobs.stop()
      await bus.close()
      await db.destroy()
    },
  }
}

async function bringUp(db: Db): Promise<void> {
  try {
    await migrate(db)
  } catch (error) {
    await db.destroy()
    if (!(error instanceof SchemaTooNew)) throw error
    throw new CannotStart(
      `This version of Keyferry is too old: ${error.message}. Start that version. Nothing was changed.`,
      error,
    )
  }
}

const networkOf = (env: Env) => ({ allowPrivate: env.KEYFERRY_ALLOW_PRIVATE_NETWORK })
