/**
 * The key that authority rests on: rows that give it are sealed with it, and tokens are stored as hashes under it. It
 * is random, kept wrapped by the root key, and never leaves the process: who only writes to the database can neither
 * forge a row nor store a token of their own.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SealedTable, Sealer } from '@keyferry/db'
import type { DataKey } from '../crypto/data-key.ts'
import type { Freshness } from './freshness.ts'

export interface Authority extends Sealer, Freshness {
  /** What is stored of a random token. It cannot be guessed, so it needs no slow hash. */
  hashToken(token: string): string
  /** Every hash that this token may be stored as: two while the key is being rotated. */
  hashesOf(token: string): readonly string[]
  /** The same of a token whose SHA-256, base64url, is all there is. */
  hashDigest(sha256: string): string
  hashesOfDigest(sha256: string): readonly string[]
  /**
   * Tells whether two answers are the same and nothing else about them, whichever process gave them. `sha256`: of the
   * answer, base64url.
   */
  tagOf(sha256: string): string
  /** Whether a seal was made with the present key. */
  isPresent(seal: string): boolean
  /** The same with `key`. */
  under(key: DataKey): Authority
}

/** Bytes that make every seal another, and before them those of the time. */
const NONCE = 9
const TIME = 6

/** Tokens whose hashes are remembered at most: most are used again and again. */
const REMEMBERED = 10_000

/** What an authority works with. */
interface Parts {
  freshness: Freshness
  /** Hears of rows whose seal is missing or wrong. */
  refused: Sealer['refused']
  /** The key as it is stored now. */
  read(): Promise<DataKey>
}

export function authorityOf(first: DataKey, parts: Parts): Authority {
  let key = first
  const verified: Sealer['verified'] = new Map()
  const known: Sealer['known'] = new Map()
  const latest: Sealer['latest'] = new Map()
  /** By SHA-256 of the token. */
  const hashes = new Map<string, readonly string[]>()
  const hashesOfDigest = (digest: string): readonly string[] => {
    const known = hashes.get(digest)
    if (known) return known
    const made = key.digests('token', digest)
    if (hashes.size >= REMEMBERED) hashes.clear()
    hashes.set(digest, made)
    return made
  }
  /** Generations that a seal named and this process does not know; and those of them that there are not. */
  const asked = new Set<number>()
  const absent = new Set<number>()
  return {
    ...parts.freshness,
    refused: parts.refused,
    verified,
    known,
    latest,
    seal(table, content) {
      const bytes = Buffer.concat([Buffer.alloc(TIME), randomBytes(NONCE)])
      bytes.writeUIntBE(parts.freshness.sealsAt(), 0, TIME)
      const nonce = bytes.toString('base64url')
      return `${nonce}~${key.digest(...sealedParts(table, content, nonce))}`
    },
    isSeal(table, content, seal) {
      const [nonce, digest] = split(seal)
      return key.digests(...sealedParts(table, content, nonce)).some((made) => isEqual(digest, made))
    },
    hasEnded: (seal, groups, start) =>
      parts.freshness.isEnded(seal, start) ||
      groups.some((group) => {
        const end = parts.freshness.endOf(group, start)
        return end !== undefined && madeAt(seal) < end
      }),
    isPresent: (seal) => generationOf(seal) === key.generation,
    isNewer(seal) {
      const generation = generationOf(seal)
      if (!(generation > key.generation) || absent.has(generation)) return false
      asked.add(generation)
      return true
    },
    hashToken: (token) => key.digest('token', sha256(token)),
    hashesOf: (token) => hashesOfDigest(sha256(token)),
    hashDigest: (digest) => key.digest('token', digest),
    hashesOfDigest,
    tagOf: (digest) => key.digest('answer', digest),
    async refresh() {
      const unknown = [...asked]
      const now = await parts.read()
      asked.clear()
      if (now === key) {
        // Somebody else wrote such a seal: it is one like any that is wrong.
        for (const generation of unknown) absent.add(generation)
        return false
      }
      key = now
      absent.clear()
      verified.clear()
      known.clear()
      latest.clear()
      hashes.clear()
      return true
    },
    under: (other) => authorityOf(other, parts),
  }
}

const sha256 = (token: string): string => hash('sha256', token, 'base64url')

/** Rows that were sealed before there was a nonce have none. */
const sealedParts = (table: SealedTable, content: string, nonce: string): string[] =>
  nonce === '' ? ['sealed row', table, content] : ['sealed row', table, content, nonce]

/** Nonce and digest of a seal. */
function split(seal: string): [nonce: string, digest: string] {
  const at = seal.indexOf('~')
  return at < 0 ? ['', seal] : [seal.slice(0, at), seal.slice(at + 1)]
}

/** Milliseconds since 1970 when a seal was made; 0 where it does not say: it is older than those that do. */
function madeAt(seal: string): number {
  const bytes = Buffer.from(split(seal)[0], 'base64url')
  return bytes.length === TIME + NONCE ? bytes.readUIntBE(0, TIME) : 0
}

/** Of the key that a seal was made with. */
function generationOf(seal: string): number {
  const [, digest] = split(seal)
  const at = digest.indexOf('.')
  return at < 0 ? 1 : Number(digest.slice(0, at))
}

function isEqual(given: string, made: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(made)]
  return a.length === b.length && timingSafeEqual(a, b)
}
