/**
 * What says that a backup is Keyferry's own and whole: a line after its last byte with a keyed hash over all bytes before it. The key is made for
 * this backup and stands in the line, wrapped by the root key, so a file that somebody without that key changed or made is told.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import type { Wrapped } from '../crypto/keyring.ts'
import type { Keyring } from '../crypto/keyring.ts'
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
  const key = keyring.create(OWNER, like)
  const mac = keyring.open(OWNER, key).digest('backup', await digestOf(file))
  appendFileSync(file, `\nkeyferry-backup-1 ${key} ${mac}\n`)
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

/** Throws `BadRequest` when the file is not as it was written, `SealBroken` when it was made under another root key. */
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
