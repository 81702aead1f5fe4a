/** The directory that an instance keeps its files in. */
import { accessSync, constants, existsSync, lstatSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { getSystemErrorMap } from 'node:util'
import { StartupError } from '../startup-error.ts'

const { R_OK, W_OK, X_OK } = constants

/** What an instance has there, beside a directory of the queue; a volume may have more, such as lost+found. */
const FILES = [
  ...['lock', 'lock.pid', 'keyferry.db', 'keyferry.db-wal', 'keyferry.db-shm'].map(
    (name) => [name, R_OK | W_OK] as const,
  ),
  ...['root.key', 'root.key.next'].map((name) => [name, R_OK] as const),
] as const

/** Creates the directory where there is none. Throws `StartupError` like `refuseUnusable`. */
export function makeDataDir(dataDir: string): void {
  try {
    makeDirectory(dataDir)
  } catch (error) {
    throw unusable(dataDir, dataDir, error)
  }
  refuseUnusable(dataDir)
}

/**
 * Throws `StartupError` where this process can't read or write something there, with its name and what to do: the
 * errors of SQLite and of the queue don't say. A directory that does not exist is left to the caller.
 */
export function refuseUnusable(dataDir: string): void {
  const directory = statSync(dataDir, { throwIfNoEntry: false })
  if (!directory) return
  if (!directory.isDirectory())
    throw new StartupError(`The data directory ${dataDir} is a file. Set KEYFERRY_DATA_DIR to a directory.`)
  requireAccess(dataDir, dataDir, W_OK | X_OK)
  requireAccess(dataDir, join(dataDir, 'queue'), R_OK | W_OK | X_OK)
  for (const [name, mode] of FILES) {
    const path = join(dataDir, name)
    const found = statSync(path, { throwIfNoEntry: false })
    // A directory is what a container mounts in the place of a file that is not there; a pipe would never end.
    if (found?.isFile() === false)
      throw new StartupError(
        `${path} is ${found.isDirectory() ? 'a directory' : 'not a regular file'}. Put the file there instead.`,
      )
    requireAccess(dataDir, path, mode)
  }
}

function requireAccess(dataDir: string, path: string, mode: number): void {
  if (!existsSync(path)) return
  try {
    accessSync(path, mode)
  } catch (error) {
    throw unusable(dataDir, path, error)
  }
}

/** One level after the other: `recursive` never ends where the operating system lets nobody create one, as in /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new StartupError(`${path} is a link to a directory that does not exist. Create that one.`)
  makeDirectory(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(path)) throw error
  }
}

function unusable(dataDir: string, path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errno' in error) || !('code' in error)) return error
  const { errno, code } = error
  const reason = getSystemErrorMap().get(Number(errno))?.[1] ?? String(code)
  const subject = path === dataDir ? `The data directory ${path}` : path
  return new StartupError(`${subject} cannot be used: ${reason}. ${remedy(dataDir, code)}`, error)
}

function remedy(dataDir: string, code: unknown): string {
  const user = process.getuid?.()
  if ((code === 'EACCES' || code === 'EPERM') && user !== undefined && existsSync(dataDir))
    return `The data directory and its files have to belong to the user who runs Keyferry, here user ${user}: a command that ran as another user, such as root, leaves its own. Run as root: chown -R ${user} ${dataDir}. Or set KEYFERRY_DATA_DIR to another directory.`
  if (code === 'EROFS') return 'Mount it writable, or set KEYFERRY_DATA_DIR to another directory.'
  return 'Set KEYFERRY_DATA_DIR to another directory.'
}
