import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { StartupError } from '../startup-error.ts'

export interface Lock {
  release(): void
}

/**
 * Keeps a second process out of `dataDir`. Throws `StartupError` while another one is in.
 *
 * The lock is the operating system's, taken by SQLite on an empty file: it ends with the process however that ends, so
 * there is no stale lock to detect, and a paused process keeps it.
 */
export function lockDataDir(dataDir: string): Lock {
  const holder = join(dataDir, 'lock.pid')
  const file = new SQLite(join(dataDir, 'lock'), { timeout: 0 })
  try {
    file.pragma('journal_mode = memory')
    file.exec('begin exclusive')
  } catch (error) {
    file.close()
    if (!isBusy(error)) throw error
    throw new StartupError(
      `The data directory ${dataDir} is in use by another Keyferry${pidIn(holder)}. Stop that one, or set KEYFERRY_DATA_DIR to another directory.`,
    )
  }
  writeFileSync(holder, `${process.pid}\n`)
  return {
    release() {
      rmSync(holder, { force: true })
      file.close()
    },
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'

function pidIn(file: string): string {
  try {
    return ` (process ${readFileSync(file, 'utf8').trim()})`
  } catch {
    return ''
  }
}
