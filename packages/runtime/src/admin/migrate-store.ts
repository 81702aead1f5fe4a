/** Moves an instance that is stopped from SQLite to Postgres, or back. */
import { join, resolve } from 'node:path'
import {
  beginCopy,
  copyTable,
  digestTable,
  endCopy,
  holdTables,
  isSetUp,
  migrate,
  missingMigrations,
  openPostgres,
  openSqlite,
  SchemaTooNew,
  tablesToCopy,
  unfinishedCopy,
  unknownMigrations,
  unlessOtherProcess,
  withoutSeals,
  type CopiedTable,
  type Db,
} from '@keyferry/db'
import { audit, transact, verifyAudit, wrappedOrganizationKey, type Context } from '@keyferry/kernel'
import { verifyStore } from '@keyferry/kernel/authority'
import { commandContext, openAdmin, OPERATOR } from './admin.ts'
import type { Env } from '../settings/env.ts'
import { withCertificateCheck } from '../settings/formats.ts'
import { makeDataDir } from '../store/data-dir.ts'
import { lockDataDir } from '../store/lock.ts'
import { givenKeys } from '../open.ts'
import { runningProcesses } from '../processes.ts'
import { whenUsable } from '../store/reachable.ts'
import { openRootKey } from '../keys/root-key.ts'
import { StartupError } from '../startup-error.ts'

/** What is being done, for people. `rows`: of this table, so far. */
export type OnProgress = (step: 'Checking' | 'Copying' | 'Comparing', table: string, rows: number) => void

export interface MigratedStore {
  kind: 'Postgres' | 'SQLite'
  tables: number
  rows: number
  /** The end of the audit log, the same in both stores. */
  audit: { seq: number; hash: string } | null
}

/** Where the copy goes. */
type Target = { kind: 'Postgres'; url: string } | { kind: 'SQLite'; dataDir: string }

/**
 * Copies the store of `env` to `to`, the URL of an empty Postgres database or, from Postgres, a data directory. The
 * source stays as it is, and no other process can write to it meanwhile. Seals and the audit log are verified in both,
 * and every table is compared. The queue is left out: the sweep makes its jobs again. After a crash, the same again
 * continues; until it has finished, no process opens the target.
 *
 * Throws `StartupError` when something runs on either store, or the root key doesn't open the data. It throws it too
 * for a target that is in use, newer, or not the other kind of store.
 */
export async function migrateStore(env: Env, to: string, onProgress: OnProgress): Promise<MigratedStore> {
  const target = targetOf(env, to)
  const source = await openAdmin(env)
  try {
    const stored = await wrappedOrganizationKey(source.ctx.db).executeTakeFirst()
    // The target could not be opened otherwise.
    if (target.kind === 'SQLite') openRootKey(target.dataDir, givenKeys(env), stored ?? null, { make: false })
    if (target.kind === 'SQLite') makeDataDir(target.dataDir)
    const lock = lockDataDir(target.kind === 'SQLite' ? target.dataDir : resolve(env.KEYFERRY_DATA_DIR))
    try {
      await refuseRunning(source.ctx, 'the store')
      const head = await verified(source.ctx, 'The store')
      const copy = await openTarget(target)
      try {
        const moved = await unlessOtherProcess(copy, COPY, async () => {
          await prepareTarget(copy, source.ctx)
          const copied = await copyAll(withoutSeals(source.ctx.db), copy, onProgress)
          const ctx = await commandContext(env, copy, source.ctx.keyring)
          await verified(ctx, 'The copy', head)
          // Killed in between, it would find a row in the copy that the store does not have.
          await transact(ctx, async (tx) => {
            await audit(ctx, tx, OPERATOR, 'instance.migrate-store', null, { to: target.kind })
            await endCopy(tx)
          })
          const rows = [...copied.values()].reduce((sum, table) => sum + table.rows, 0)
          return { kind: target.kind, tables: copied.size, rows, audit: head ?? null }
        })
        if (moved) return moved
        throw new StartupError('Another keyferry admin migrate-store copies to the target. Nothing was changed.')
      } finally {
        await copy.destroy()
      }
    } finally {
      lock.release()
    }
  } finally {
    await source.close()
  }
}

function targetOf(env: Env, to: string): Target {
  const isUrl = /^postgres(ql)?:\/\//.test(to)
  if (env.DATABASE_URL === undefined && !isUrl)
    throw new StartupError(
      'The store is SQLite already. --to takes postgres://…; to move the data directory, stop Keyferry and move it.',
    )
  if (env.DATABASE_URL !== undefined && isUrl)
    throw new StartupError(
      'The store is in Postgres already. --to takes a data directory; another Postgres gets it by pg_dump and pg_restore.',
    )
  return isUrl ? { kind: 'Postgres', url: withCertificateCheck(to) } : { kind: 'SQLite', dataDir: resolve(to) }
}

async function refuseRunning(ctx: Pick<Context, 'db' | 'now'>, what: string): Promise<void> {
  const running = await runningProcesses(ctx)
  if (running.length > 0)
    throw new StartupError(
      `Stop every process that uses ${what} first: ${running.join(', ')}. One that crashed is forgotten after a minute. Nothing was changed.`,
    )
}

/** The end of the audit log. Throws `StartupError` for rows that Keyferry did not write. */
async function verified(
  ctx: Context,
  what: string,
  expected?: { seq: number; hash: string },
): Promise<{ seq: number; hash: string } | undefined> {
  const { problem, head } = await verifyAudit(ctx, expected)
  if (problem)
    throw new StartupError(`${what} has a broken audit log: ${problem.message} See keyferry admin verify-audit.`)
  const { broken, brokenFolders } = await verifyStore(ctx)
  if (broken.length + brokenFolders.length > 0)
    throw new StartupError(`${what} has rows that were changed outside Keyferry. See keyferry admin verify-store.`)
  return head ?? undefined
}

/** With a connection for the lock, and for reading while a transaction writes. */
const TARGET_CONNECTIONS = 3
/** The name of the lock on the target. */
const COPY = 2

/** A store that is not newer than this version. */
const openTarget = (target: Target): Promise<Db> =>
  whenUsable(TARGET, async () => {
    const db =
      target.kind === 'Postgres'
        ? openPostgres(target.url, TARGET_CONNECTIONS)
        : openSqlite(join(target.dataDir, 'keyferry.db'))
    try {
      const [unknown] = await unknownMigrations(db)
      if (unknown === undefined) return db
      throw new StartupError(`This Keyferry is too old for the target: ${new SchemaTooNew(unknown).message}.`)
    } catch (error) {
      await db.destroy()
      throw error
    }
  })

/** Brings an empty store, or one with an unfinished copy, to this version. */
const prepareTarget = (db: Db, { now, log }: Context): Promise<void> =>
  whenUsable(TARGET, async () => {
    const isUnfinished = (await unfinishedCopy(db)) !== null
    if (isUnfinished && (await missingMigrations(db)).length > 0)
      throw new StartupError(
        'An earlier version began a copy to this target. Drop the database, or delete keyferry.db, and run this again.',
      )
    await migrate(db)
    const { migrateAuth } = await import('@keyferry/access/sign-in')
    await migrateAuth(db, log)
    if (!isUnfinished && (await isSetUp(db)))
      throw new StartupError('The target is in use: it has an organization. Name an empty one. Nothing was changed.')
    await refuseRunning({ db, now }, 'the target')
  })

const TARGET = 'that --to names'

/** Every table, with what was copied of it. */
async function copyAll(from: Db, to: Db, onProgress: OnProgress): Promise<Map<string, CopiedTable>> {
  const names = await tablesToCopy(from, to)
  let table = names[0] ?? ''
  const report = (step: Parameters<OnProgress>[0], name: string) => {
    table = name
    return (rows: number): void => onProgress(step, name, rows)
  }
  try {
    return await transact({ db: from }, async (source) => {
      await holdTables(source, names)
      const before = (await unfinishedCopy(to)) ?? new Map<string, CopiedTable>()
      let isCurrent = before.size > 0
      for (const [name, copied] of before)
        isCurrent &&= isSame(copied, await digestTable(source, name, report('Checking', name)))
      const done = isCurrent ? before : new Map<string, CopiedTable>()
      if (!isCurrent) await transact({ db: to }, (tx) => beginCopy(tx, names))
      for (const name of names) {
        if (done.has(name)) continue
        done.set(name, await transact({ db: to }, (tx) => copyTable(source, tx, name, report('Copying', name))))
      }
      for (const [name, copied] of done) {
        const there = await transact({ db: to }, (tx) => digestTable(tx, name, report('Comparing', name)))
        if (!isSame(copied, there)) throw new Error('its rows are not those of the store')
      }
      return done
    })
  } catch (error) {
    throw new StartupError(
      `The copy stopped at the table ${table}: ${error instanceof Error ? error.message : 'unknown error'}. The store is as it was. Run the same command again to continue.`,
      error,
    )
  }
}

const isSame = (one: CopiedTable, other: CopiedTable): boolean => one.rows === other.rows && one.digest === other.digest
