import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { keyring, syncToDisk, type Keyring } from '@keyferry/kernel'
import { StartupError } from '../startup-error.ts'
import type { StoredKey } from './stored-key.ts'

/** What the operator gave in the environment: 32 bytes each. */
export interface GivenKeys {
  rootKey?: Buffer | undefined
  /** The next one, while it is being changed. */
  nextRootKey?: Buffer | undefined
}

/**
 * The keyring of this instance, on the root key of the environment, else on the one in `<dataDir>/root.key`. While the
 * root key is being changed there is a next one, `KEYFERRY_ROOT_KEY_NEXT` or `<dataDir>/root.key.next`, and both are
 * good; a change of the file that got as far as the store is finished here. With `make` a new one is made where nothing
 * is stored yet. Throws `StartupError` when the key is missing, unsafe or not the one that `stored` was wrapped with.
 */
export function openRootKey(
  dataDir: string,
  given: GivenKeys,
  stored: StoredKey | null,
  { make }: { make: boolean },
): Keyring {
  const file = keyFile(dataDir)
  const read = (): Buffer[] => presentKeys(dataDir, given)
  const keys = read()
  if (keys.length === 0 && make && !stored) keys.push(makeKey(file))
  const [first] = keys
  if (!first) {
    throw new StartupError(
      stored
        ? `There are data, but the root key that opens them is missing: put ${file} back, or set KEYFERRY_ROOT_KEY. Nothing was changed.`
        : 'No root key: set KEYFERRY_ROOT_KEY to 32 bytes in base64 (`openssl rand -base64 32` makes one), the same for every process.',
    )
  }
  const present = stored ? keys.find((key) => opens(keyring(key), stored)) : first
  if (!present) {
    const name = given.rootKey ? 'KEYFERRY_ROOT_KEY' : file
    throw new StartupError(
      `${name} is not the root key that the data were sealed with. Put the right one back. Nothing was changed.`,
    )
  }
  if (stored) finishRotation(dataDir, present)
  // The present one first: what is made where there is nothing yet is wrapped with it.
  return keyring([present, ...keys.filter((key) => key !== present)], read)
}

const keyFile = (dataDir: string): string => join(dataDir, 'root.key')
const nextFile = (dataDir: string): string => join(dataDir, 'root.key.next')

/** The environment's keys stand instead of the file, not beside it. */
export function presentKeys(dataDir: string, { rootKey, nextRootKey }: GivenKeys): Buffer[] {
  const keys = rootKey ? [rootKey, nextRootKey] : [readKey(keyFile(dataDir)), nextRootKey, readKey(nextFile(dataDir))]
  return keys.filter((key) => key !== undefined && key !== null)
}

/**
 * First step of a change of the root key that is kept in a file: the new one is on the disk before anything needs it.
 * Again, it answers the same key.
 */
export function prepareNextKey(dataDir: string): Buffer {
  return readKey(nextFile(dataDir)) ?? makeKey(nextFile(dataDir))
}

/**
 * Last step: the store holds nothing any more that only the old key opens, so `root.key.next` takes its place. Does
 * nothing while the store is at another key.
 */
export function finishRotation(dataDir: string, present: Buffer): void {
  const next = readKey(nextFile(dataDir))
  if (!next?.equals(present)) return
  renameSync(nextFile(dataDir), keyFile(dataDir))
  syncToDisk(dataDir)
}

function opens(ring: Keyring, stored: StoredKey): boolean {
  try {
    ring.open(stored.owner, stored.wrapped)
    return true
  } catch {
    return false
  }
}

/** Bytes of 32 in base64, with room for line ends. */
const LONGEST_FILE = 1024

function readKey(file: string): Buffer | null {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) return null
  if ((stat.mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw new StartupError(`${file} can be read by other users of this machine. Run: chmod 600 ${file}`)
  }
  const key = stat.size > LONGEST_FILE ? null : Buffer.from(readFileSync(file, 'utf8'), 'base64')
  if (key?.length === 32) return key
  throw new StartupError(`${file} does not contain 32 bytes in base64. Restore the right file. Nothing was changed.`)
}

function makeKey(file: string): Buffer {
  const own = `${file}.${process.pid}`
  const descriptor = openSync(own, 'wx', 0o600)
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64')}\n`)
    fsyncSync(descriptor)
    // Appears whole or not at all, and of two processes that start at once only one makes the key.
    linkSync(own, file)
  } catch (error) {
    if (!existsSync(file)) throw error
  } finally {
    closeSync(descriptor)
    rmSync(own)
  }
  const key = readKey(file)
  if (!key) throw new Error(`${file} vanished`)
  return key
}
