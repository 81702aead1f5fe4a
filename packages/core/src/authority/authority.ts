/**
 * The key that authority rests on: rows that give it are sealed with it, and tokens are stored as hashes under it. It is random, kept wrapped
 * by the root key, and never leaves the process: who only writes to the database can neither forge a row nor store a token of their own.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SealedTable, Sealer } from '@keyferry/db'
import type { DataKey } from '../crypto/data-key.ts'
import type { Freshness } from './freshness.ts'

export interface Authority extends Sealer, Freshness {
  /** What is stored of a random token. It cannot be guessed, so it needs no slow hash. */
  hashToken(token: string): string
  /** The same of a token whose SHA-256, base64url, is all there is. */
  hashDigest(sha256: string): string
  /** Goes on with this key: the present one was rotated. */
  use(key: DataKey): void
}

/** Bytes that make every seal another. */
const NONCE = 9

/** `refused` hears of rows whose seal is missing or wrong. */
export function authorityOf(first: DataKey, fresh: Freshness, refused: Sealer['refused']): Authority {
  let key = first
  const verified: Sealer['verified'] = new Map()
  const latest: Sealer['latest'] = new Map()
  const sealWith = (table: SealedTable, content: string, nonce: string): string =>
    // Rows that were sealed before there was one have none.
    nonce === ''
      ? key.digest('sealed row', table, content)
      : `${nonce}~${key.digest('sealed row', table, content, nonce)}`
  return {
    ...fresh,
    seal: (table, content) => sealWith(table, content, randomBytes(NONCE).toString('base64url')),
    isSeal(table, content, seal) {
      const given = Buffer.from(seal)
      const made = Buffer.from(sealWith(table, content, seal.slice(0, Math.max(0, seal.indexOf('~')))))
      return given.length === made.length && timingSafeEqual(given, made)
    },
    verified,
    latest,
    refused,
    hashToken: (token) => key.digest('token', createHash('sha256').update(token).digest('base64url')),
    hashDigest: (sha256) => key.digest('token', sha256),
    use(next) {
      key = next
      verified.clear()
      latest.clear()
    },
  }
}
