import { chmodSync, copyFileSync, existsSync, linkSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { endSessions } from '@keyferry/access'
import { migrate, openSqlite, SchemaTooNew } from '@keyferry/db'
import {
  auditEvent,
  BadRequest,
  checkBackup,
  readBackupSeal,
  requireFile,
  DecryptionError,
  syncToDisk,
  type BackupSeal,
  type Keyring,
} from '@keyferry/kernel'
import SQLite from 'better-sqlite3'
import { commandContext, OPERATOR, pauseSyncs } from './admin.ts'
import { StartupError } from '../startup-error.ts'
import type { Env } from '../settings/env.ts'
import { makeDataDir } from '../store/data-dir.ts'
import { lockDataDir } from '../store/lock.ts'
import { givenKeys } from '../open.ts'
import { openRootKey } from '../keys/root-key.ts'
import { storedKeyInSqlite } from '../keys/stored-key.ts'

/**
 * Puts a backup in the place of the store of an embedded instance that is stopped. What was there is kept beside it;
 * its name is returned, or null when there was nothing. An older backup is brought up to date. Sessions and access
 * tokens of the backup end.
 *
 * Throws `StartupError` before anything is moved: the instance runs, the root key does not open the file, or the file
 * is no whole Keyferry store, was changed since it was written, or comes from a newer version.
 *
 * `unsealed`: takes one that does not say whether it was changed. `frozen`: pauses every sync. `agreed`: rejects when
 * the store may not be replaced after all.
 */
export async function restoreBackup(
  env: Env,
  from: string,
  { unsealed, frozen = false, agreed }: { unsealed: boolean; frozen?: boolean; agreed?: () => Promise<void> },
): Promise<string | null> {
  if (env.DATABASE_URL !== undefined)
    throw new StartupError(
      'This instance keeps its data in Postgres. Check the dump with keyferry admin verify-backup keyferry.dump, stop every process, then: pg_restore --clean --if-exists --single-transaction --dbname="$DATABASE_URL" keyferry.dump',
    )
  requireFile(from)
  const dataDir = resolve(env.KEYFERRY_DATA_DIR)
  makeDataDir(dataDir)
  const lock = lockDataDir(dataDir)
  try {
    const file = join(dataDir, 'keyferry.db')
    const incoming = join(dataDir, 'keyferry.db.restoring')
    rmSync(incoming, { force: true })
    const seal = readBackupSeal(from)
    if (!seal && !unsealed)
      throw new StartupError(
        `${from} does not say whether it was changed: an earlier version wrote it, or another program. If you know where it comes from, restore it with --unsealed. Nothing was changed.`,
      )
    copyFileSync(from, incoming)
    chmodSync(incoming, 0o600)
    try {
      if (seal) truncateSync(incoming, seal.bytes)
      else refuseBroken(incoming, from)
      const stored = storedKeyInSqlite(incoming)
      if (!stored) throw new StartupError(`${from} is not a backup of a Keyferry that was set up. Nothing was changed.`)
      const keyring = openRootKey(dataDir, givenKeys(env), stored, { make: false })
      if (seal) {
        await refuseChanged(keyring, incoming, seal, from)
        refuseBroken(incoming, from)
      }
      await prepare(env, incoming, keyring, { from, frozen })
      syncToDisk(incoming)
      await agreed?.()
      const old = keepOld(file)
      renameSync(incoming, file)
      syncToDisk(dataDir)
      // The queue only knows of syncs that the other store had.
      rmSync(join(dataDir, 'queue'), { recursive: true, force: true })
      return old
    } finally {
      rmSync(incoming, { force: true })
    }
  } finally {
    lock.release()
  }
}

async function refuseChanged(keyring: Keyring, incoming: string, seal: BackupSeal, from: string): Promise<void> {
  try {
    await checkBackup(keyring, incoming, seal)
  } catch (error) {
    if (!(error instanceof BadRequest || error instanceof DecryptionError)) throw error
    throw new StartupError(
      `${from} was changed after it was written. Restore another backup. Nothing was changed.`,
      error,
    )
  }
}

/** Brings the store to this version, ends what was open when it was written, and notes the restore in its audit log. */
async function prepare(
  env: Env,
  incoming: string,
  keyring: Keyring,
  { from, frozen }: { from: string; frozen: boolean },
): Promise<void> {
  const db = openSqlite(incoming)
  try {
    await migrate(db)
    const ctx = await commandContext(env, db, keyring)
    await auditEvent(ctx, OPERATOR, 'instance.restore', null, { file: from })
    await endSessions(ctx, OPERATOR)
    if (frozen) await pauseSyncs(ctx, `Restored from ${basename(from)}: review the plan of each sync`)
  } catch (error) {
    if (!(error instanceof SchemaTooNew)) throw error
    throw new StartupError(
      `This Keyferry is too old for ${from}: ${error.message}. Restore it with that version. Nothing was changed.`,
      error,
    )
  } finally {
    await db.destroy()
  }
}

function refuseBroken(file: string, name: string): void {
  let database
  try {
    database = new SQLite(file)
    const [row] = database.prepare('pragma integrity_check').all()
    if (JSON.stringify(row) !== '{"integrity_check":"ok"}') throw new Error('its pages are damaged')
    database.pragma('journal_mode = delete')
  } catch (error) {
    throw new StartupError(
      `${name} is not a whole Keyferry store: ${error instanceof Error ? error.message : 'unreadable'}. Nothing was changed.`,
      error,
    )
  } finally {
    database?.close()
  }
}

/**
 * Gives the present store a second name, and moves its write-ahead log aside: that must never meet another store. The
 * file stays in its place until the restored one replaces it: a process that started between, after a crash, would make
 * an empty store, which anybody may set up.
 */
function keepOld(file: string): string | null {
  if (!existsSync(file)) {
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true })
    return null
  }
  // Takes the log into the file.
  const database = new SQLite(file)
  try {
    database.pragma('wal_checkpoint(truncate)')
  } catch {
    // A store that is broken is kept as it is.
  } finally {
    database.close()
  }
  let number = 1
  while (existsSync(`${file}.before-restore-${number}`)) number++
  const old = `${file}.before-restore-${number}`
  for (const end of ['-wal', '-shm']) if (existsSync(file + end)) renameSync(file + end, old + end)
  linkSync(file, old)
  return old
}
