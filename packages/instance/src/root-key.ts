import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { keyring, type Keyring } from '@keyferry/core/crypto/keyring'
import { CannotStart } from './cannot-start.ts'
import type { StoredKey } from './stored-key.ts'

export interface RootKey {
  /** 32 bytes. */
  rootKey: Buffer
  keyring: Keyring
}

/**
 * The root key of this instance and its keyring: the key of the environment, else the one in `<dataDir>/root.key`. With `make` a new one is made
 * where nothing is stored yet. Throws `CannotStart` when the key is missing, unsafe or not the one that `stored` was wrapped with.
 */
export function openRootKey(
  dataDir: string,
  given: Buffer | undefined,
  stored: StoredKey | null,
  { make }: { make: boolean },
): RootKey {
  const file = join(dataDir, 'root.key')
  const rootKey = given ?? readKey(file) ?? (make && !stored ? makeKey(file) : null)
  if (!rootKey) {
    throw new CannotStart(
      stored
        ? `There are data, but the root key that opens them is missing: put ${file} back, or set KEYFERRY_ROOT_KEY. Nothing was changed.`
        : 'No root key: set KEYFERRY_ROOT_KEY to 32 bytes in base64 (`openssl rand -base64 32` makes one), the same for every process.',
    )
  }
  const ring = keyring(rootKey)
  if (stored && !opens(ring, stored)) {
    const name = given ? 'KEYFERRY_ROOT_KEY' : file
    throw new CannotStart(
      `${name} is not the root key that the data were sealed with. Put the right one back. Nothing was changed.`,
    )
  }
  return { rootKey, keyring: ring }
}

function opens(ring: Keyring, stored: StoredKey): boolean {
  try {
    ring.open(stored.owner, stored.wrapped)
    return true
  } catch {
    return false
  }
}

function readKey(file: string): Buffer | null {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) return null
  if ((stat.mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw new CannotStart(`${file} can be read by other users of this machine. Run: chmod 600 ${file}`)
  }
  const key = Buffer.from(readFileSync(file, 'utf8'), 'base64')
  if (key.length === 32) return key
  throw new CannotStart(`${file} does not hold 32 bytes in base64. Put the right file back. Nothing was changed.`)
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
