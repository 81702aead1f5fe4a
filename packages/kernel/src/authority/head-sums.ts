/**
 * The sums in the head of a folder, over keyed hashes of what it has: additive multiset hashes of Clarke et al.
 * (Asiacrypt 2003), whose key and values never leave the sealed head. Something that comes is added, something that
 * goes is subtracted, so a writer reads nothing else of the folder.
 */
import { createHmac, hash, randomBytes } from 'node:crypto'
import { timeSlice, type SecretTable, type Selectable } from '@keyferry/db'
import { LRUCache } from 'lru-cache'

/** What the sums cover of a secret. Of sealed texts, the end is enough (`SEALED_END`). */
export type Counted = Pick<
  Selectable<SecretTable>,
  'id' | 'version' | 'value' | 'comment' | 'metadata' | 'isLiteral' | 'skipMultilineEncoding'
>

/** What a folder has, or a part of it. `imports`: ids of the imported folders. */
export interface Contents {
  secrets?: readonly Counted[]
  imports?: readonly string[]
}

/**
 * - `sum`: which secrets, in which versions. Earlier versions of Keyferry have this one only, and check it beside us.
 * - `texts`: the same, with what stands beside each value, for reads without values.
 * - `values`: the same with the values.
 * - `imports`: which folders are imported.
 */
export type SumName = 'sum' | 'texts' | 'values' | 'imports'

/** Sums are hexadecimal, modulo 2^128. */
export interface Head extends Record<SumName, string> {
  /** How often the folder was written. */
  writes: number
  /** Of the hashes; base64, 32 bytes. */
  key: string
}

const NAMES = ['sum', 'texts', 'values', 'imports'] as const
const NOTHING = { sum: '0', texts: '0', values: '0', imports: '0' }

/** Of a folder that never had anything. */
export const emptyHead = (): Head => ({ writes: 0, key: randomBytes(32).toString('base64'), ...NOTHING })

/** The head in this JSON. A sum that an earlier version did not keep is that of nothing. */
export function parseHead(text: string): Head {
  const head: Pick<Head, 'writes' | 'key'> & Partial<Head> = JSON.parse(text)
  return { ...NOTHING, ...head }
}

/** Characters at the end of a sealed text that hold its authentication tag, 128 bits. No two texts share one. */
export const SEALED_END = 22

const endOf = (sealed: string): string => sealed.slice(-SEALED_END)

const besides = ({ id, version, comment, metadata, isLiteral, skipMultilineEncoding }: Counted): string =>
  `${version} ${isLiteral}${skipMultilineEncoding} ${endOf(comment)} ${endOf(metadata)} ${id}`

const COVERED = {
  sum: ({ id, version }: Counted) => `${version} ${id}`,
  texts: (secret: Counted) => `texts ${besides(secret)}`,
  values: (secret: Counted) => `values ${endOf(secret.value)} ${besides(secret)}`,
}

function* itemsOf(name: SumName, { secrets = [], imports = [] }: Contents): Generator<string> {
  if (name === 'imports') for (const id of imports) yield `import ${id}`
  else for (const secret of secrets) yield COVERED[name](secret)
}

const BITS = 128
/** Hashes that are remembered: most folders are read again and again. */
const REMEMBERED = 100_000
let hashes = new Map<string, bigint>()

function hashOf(key: string, item: string): bigint {
  const name = key + item
  const known = hashes.get(name)
  if (known !== undefined) return known
  if (hashes.size >= REMEMBERED) hashes = new Map()
  const hmac = createHmac('sha256', Buffer.from(key, 'base64')).update(item).digest('hex')
  const number = BigInt(`0x${hmac.slice(0, BITS / 4)}`)
  hashes.set(name, number)
  return number
}

/** `each` gets the hash of each item. */
async function sumOf(key: string, items: Iterable<string>, each?: (hash: bigint) => void): Promise<bigint> {
  let sum = 0n
  const slice = timeSlice()
  for (const item of items) {
    const hash = hashOf(key, item)
    sum += hash
    each?.(hash)
    if (slice.isOver()) await slice.rest()
  }
  return sum
}

/** Contents that had the sum of a head. */
interface Proven {
  /** Of them together: most are read again as they were, and one hash is less than many. */
  read: string
  /** Of each: one secret of a large folder is checked without the others. Null for a small one. */
  each: ReadonlySet<bigint> | null
}

/** Items of a large folder. */
const LARGE = 500
/** By head and sum; `maxSize` counts items. */
const proven = new LRUCache<string, Proven>({ max: 10_000, maxSize: 200_000 })

const claimOf = (head: Head, name: SumName): string => `${name} ${head[name]} ${head.key}`

/** Whether this sum of a head is that of `contents`. */
export async function isSumOf(head: Head, name: SumName, contents: Contents): Promise<boolean> {
  const items = [...itemsOf(name, contents)]
  const claim = claimOf(head, name)
  const read = hash('sha256', JSON.stringify(items))
  if (proven.get(claim)?.read === read) return true
  const each = items.length >= LARGE ? new Set<bigint>() : null
  const sum = await sumOf(head.key, items, (one) => each?.add(one))
  if (BigInt.asUintN(BITS, sum) !== BigInt(`0x${head[name]}`)) return false
  proven.set(claim, { read, each }, { size: 1 + (each?.size ?? 0) })
  return true
}

/**
 * Tells the secrets of the large folder that was found to have this sum (`isSumOf`) from others; null where that is not
 * known.
 */
export function memberOf(head: Head, name: 'texts' | 'values'): ((secret: Counted) => boolean) | null {
  const each = proven.get(claimOf(head, name))?.each
  return each ? (secret) => each.has(hashOf(head.key, COVERED[name](secret))) : null
}

/** The head once `gone` went and `added` came; how often the folder was written stays as it is. */
export async function changedHead(head: Head, gone: Contents, added: Contents): Promise<Head> {
  const next = { ...head }
  for (const name of NAMES) {
    const [less, more] = [await sumOf(head.key, itemsOf(name, gone)), await sumOf(head.key, itemsOf(name, added))]
    next[name] = BigInt.asUintN(BITS, BigInt(`0x${head[name]}`) - less + more).toString(16)
  }
  return next
}
