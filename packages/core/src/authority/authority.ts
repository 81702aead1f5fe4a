/**
 * The key that authority rests on: rows that give it are sealed with it, and tokens are stored as hashes under it. It is random, kept wrapped
 * by the root key, and never leaves the process: who only writes to the database can neither forge a row nor store a token of their own.
 */
import { createHash } from 'node:crypto'
import type { SealedTable, Sealer } from '@keyferry/db'
import type { DataKey } from '../crypto/data-key.ts'

export interface Authority extends Sealer {
  /** What is stored of a random token. It cannot be guessed, so it needs no slow hash. */
  hashToken(token: string): string
  /** The same of a token whose SHA-256, base64url, is all there is. */
  hashDigest(sha256: string): string
  /** Goes on with this key: the present one was rotated. */
  use(key: DataKey): void
}

/** `refused` hears of rows whose seal is missing or wrong. */
export function authorityOf(first: DataKey, refused: Sealer['refused']): Authority {
  let key = first
  const verified: Sealer['verified'] = new Map()
  return {
    seal: (table: SealedTable, content: string) => key.digest('sealed row', table, content),
    verified,
    refused,
    hashToken: (token) => key.digest('token', createHash('sha256').update(token).digest('base64url')),
    hashDigest: (sha256) => key.digest('token', sha256),
    use(next) {
      key = next
      verified.clear()
    },
  }
}
