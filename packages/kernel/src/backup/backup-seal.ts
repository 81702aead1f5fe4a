/**
 * What says that a backup is Keyferry's own and whole: a line with a keyed hash over all its bytes. The key is made for
 * this backup and stands in the line, wrapped by the root key, so a file that somebody without that key changed or made
 * is refused. The line is the last of a backup of the embedded profile; for a dump of Postgres it is in a file beside
 * it.
 */
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { Keyring, Wrapped } from '../crypto/keyring.ts'
import { BadRequest } from '../errors.ts'

const OWNER = 'backup'
/** SQLite takes no notice of bytes after its last page. */
const LINE = /\nkeyferry-backup-1 (\S+) (\S+)\n$/
/** More than a line has. */
const TAIL = 2048

export interface BackupSeal {
  /** Of the store, without the line. */
  bytes: number
  key: string
  mac: string
}

/** Adds the line. `like`: a key of the store, whose root key wraps this one too. */
export async function sealBackup(keyring: Keyring, file: string, like: Wrapped): Promise<void> {
  appendFileSync(file, await lineFor(keyring, file, like))
}

/** Writes the line to a file beside `file`, whose name is returned. */
export async function sealDump(keyring: Keyring, file: string, like: Wrapped): Promise<string> {
  const beside = besideOf(file)
  writeFileSync(beside, await lineFor(keyring, file, like), { mode: 0o600 })
  return beside
}

async function lineFor(keyring: Keyring, file: string, like: Wrapped): Promise<string> {
  const key = keyring.create(OWNER, like)
  const mac = keyring.open(OWNER, key).digest('backup', await digestOf(file))
  return `\nkeyferry-backup-1 ${key} ${mac}\n`
}

const besideOf = (file: string): string => `${file}.seal`

/** The line beside a dump; null when there is none. */
export function readDumpSeal(file: string): BackupSeal | null {
  const beside = besideOf(file)
  if (!existsSync(beside)) return null
  const [, key, mac] = LINE.exec(readFileSync(beside, 'latin1')) ?? []
  return key === undefined || mac === undefined ? null : { bytes: statSync(file).size, key, mac }
}

/** The line of a backup; null when it has none: another program, or a version before there was one, wrote it. */
export function readBackupSeal(file: string): BackupSeal | null {
  const descriptor = openSync(file, 'r')
  try {
    const { size } = fstatSync(descriptor)
    const tail = Buffer.alloc(Math.min(TAIL, size))
    readSync(descriptor, tail, 0, tail.length, size - tail.length)
    const text = tail.toString('latin1')
    const [line, key, mac] = LINE.exec(text) ?? []
    return line === undefined || key === undefined || mac === undefined ? null : { bytes: size - line.length, key, mac }
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Throws `BadRequest` when the file is not as it was written, `DecryptionError` when it was made under another root
 * key.
 */
export async function checkBackup(keyring: Keyring, file: string, { bytes, key, mac }: BackupSeal): Promise<void> {
  if (keyring.open(OWNER, key).digest('backup', await digestOf(file, bytes)) !== mac)
    throw new BadRequest(`${file} was changed after it was written. Restore another backup.`)
}

/** SHA-256 of the first `bytes` of a file, or of all of it. */
async function digestOf(file: string, bytes?: number): Promise<string> {
  const hash = createHash('sha256')
  if (bytes === 0) return hash.digest('base64url')
  for await (const chunk of createReadStream(file, bytes === undefined ? {} : { end: bytes - 1 })) hash.update(chunk)
  return hash.digest('base64url')
}
