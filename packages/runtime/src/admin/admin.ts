/** What an operator does with an instance that may be serving meanwhile. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { perform } from '@keyferry/access'
import { syncHooks } from '@keyferry/core/process'
import { pauseVerbs, storeVerbs } from '@keyferry/core/verbs'
import { missingMigrations, openPostgres, openSqlite, SchemaTooNew, unknownMigrations, type Db } from '@keyferry/db'
import { IntegrityBroken, NO_TRACING, OWASP_COST, type Actor, type Context, type Keyring } from '@keyferry/kernel'
import { openAuthority } from '@keyferry/kernel/authority'
import { createMetrics } from '@keyferry/kernel/metrics'
import { StartupError } from '../startup-error.ts'
import type { Env } from '../settings/env.ts'
import { limitsOf } from '../limits.ts'
import { createLog } from '../log/log.ts'
import { givenKeys } from '../open.ts'
import { processesWithout } from '../processes.ts'
import { finishRotation, openRootKey, prepareNextKey } from '../keys/root-key.ts'
import { storedKeyInPostgres, storedKeyInSqlite } from '../keys/stored-key.ts'
import { refuseUnusable } from '../store/data-dir.ts'
import { whenUsable } from '../store/reachable.ts'
import { refuseUnfinishedCopy } from '../store/unfinished-copy.ts'

export interface Admin {
  ctx: Context
  close(): Promise<void>
}

/** In the audit log. */
export const OPERATOR: Actor = { kind: 'system', id: 'operator', name: 'Operator' }

/**
 * The store of an instance, without its lock and its queue: for one command. Throws `StartupError` when there is
 * nothing set up, the root key is wrong, the store does not work or is at another version than this code.
 */
export async function openAdmin(env: Env): Promise<Admin> {
  const dataDir = resolve(env.KEYFERRY_DATA_DIR)
  const file = join(dataDir, 'keyferry.db')
  refuseUnusable(dataDir)
  return whenUsable(env.DATABASE_URL === undefined ? file : 'of DATABASE_URL', () => opened(env, { dataDir, file }))
}

async function opened(env: Env, { dataDir, file }: { dataDir: string; file: string }): Promise<Admin> {
  const url = env.DATABASE_URL
  const stored =
    url === undefined ? (existsSync(file) ? storedKeyInSqlite(file) : null) : await storedKeyInPostgres(url)
  if (!stored)
    throw new StartupError(
      `Nothing is set up in ${url === undefined ? dataDir : 'this database'}. Check KEYFERRY_DATA_DIR and DATABASE_URL.`,
    )
  const keyring = openRootKey(dataDir, givenKeys(env), stored, { make: false })
  const db = url === undefined ? openSqlite(file) : openPostgres(url, 2)
  try {
    await refuseUnfinishedCopy(db)
    await refuseOtherVersion(db)
    return { ctx: await commandContext(env, db, keyring), close: () => db.destroy() }
  } catch (error) {
    await db.destroy()
    throw error
  }
}

async function refuseOtherVersion(db: Db): Promise<void> {
  const [unknown] = await unknownMigrations(db)
  if (unknown !== undefined)
    throw new StartupError(
      `This Keyferry is too old for its data: ${new SchemaTooNew(unknown).message}. Run that version. Nothing was changed.`,
    )
  const missing = await missingMigrations(db)
  if (missing.length > 0)
    throw new StartupError(
      `The store is older than this Keyferry (${missing.join(', ')}). Start Keyferry once, then try again.`,
    )
}

/** The context of one command on an open store. Throws `StartupError` when rows are gone that nothing works without. */
export async function commandContext(env: Env, store: Db, keyring: Keyring): Promise<Context> {
  const { db, authority, integrity } = await openAuthority({ db: store, keyring }).catch((error: unknown) => {
    throw error instanceof IntegrityBroken ? new StartupError(error.message, error) : error
  })
  const ctx: Context = {
    db,
    keyring,
    authority,
    // The sweep of the serving process finds what there is to do.
    queue: { wake: () => Promise.resolve() },
    events: { publish() {}, async *subscribe() {}, quietMs: () => 0 },
    hooks: syncHooks,
    network: { allowPrivate: false },
    metrics: createMetrics(),
    tracing: NO_TRACING,
    mail: null,
    consoleUrl: null,
    log: createLog(env.LOG_LEVEL),
    limits: limitsOf(env),
    scryptCost: OWASP_COST,
    now: () => new Date(),
  }
  integrity.reportTo(ctx)
  authority.writeTo(ctx)
  return ctx
}

/** Nothing is written to any target until somebody resumes. Replaces an earlier pause of everything. */
export async function pauseSyncs(ctx: Context, reason: string): Promise<void> {
  await perform(pauseVerbs.pauseInstance, { ctx, actor: OPERATOR }, { reason: reason.slice(0, MOST_REASON) })
}

const MOST_REASON = 200

/**
 * Changes the root key while the instance serves. With the key in a file: a new one is written beside it, the store is
 * rewrapped, and the new one takes the old one's place; a serving process finds it automatically. With keys in the
 * environment: every process has to be running with `KEYFERRY_ROOT_KEY_NEXT` by now, and is restarted with it as
 * `KEYFERRY_ROOT_KEY` afterwards. After a crash anywhere, the same again finishes. Returns how many keys were
 * rewrapped. Throws `StartupError` naming the running processes that have not got the new key, unless `force`.
 */
export async function changeRootKey(env: Env, { force = false } = {}): Promise<number> {
  const dataDir = resolve(env.KEYFERRY_DATA_DIR)
  if (env.KEYFERRY_ROOT_KEY && !env.KEYFERRY_ROOT_KEY_NEXT) {
    throw new StartupError(
      'Restart every process with the new root key in KEYFERRY_ROOT_KEY_NEXT beside the present one, then run this again with both set.',
    )
  }
  const next = env.KEYFERRY_ROOT_KEY_NEXT ?? prepareNextKey(dataDir)
  const { ctx, close } = await openAdmin(env)
  try {
    const behind = force ? [] : await processesWithout(ctx, next, dataDir)
    if (behind.length > 0)
      throw new StartupError(
        `The new root key is unknown to ${behind.join(', ')}. Restart them with it in KEYFERRY_ROOT_KEY_NEXT, or repeat this with --force if they have ended. Nothing was changed.`,
      )
    const keys = await perform(storeVerbs.rotateRootKey, { ctx, actor: OPERATOR }, { next })
    if (!env.KEYFERRY_ROOT_KEY_NEXT) finishRotation(dataDir, next)
    return keys
  } finally {
    await close()
  }
}
