/**
 * A data key: seals the values of one project (or the credentials of the instance) and makes its digests.
 *
 * Sealed text is `v1.` + base64url(nonce 12 bytes | ciphertext | tag 16 bytes), AES-256-GCM with a fresh random nonce.
 * The associated data name where the text belongs, so a row copied to another place does not open there.
 *
 * A rotated key has generations, numbered from 1. Sealed text and digests of a later generation name it: `v1.2.…`,
 * `2.…`. A digest of generation 2 is the digest under key 2 of the one under key 1, and so on: stored digests are
 * brought up to a new key without the values they are of, and guessing a value back needs every key there ever was.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'

export interface DataKey {
  seal(text: string, ...belongsTo: readonly string[]): string
  /** Throws `DecryptionError` when the text was made under another key or for another place, or was altered. */
  open(sealed: string, ...belongsTo: readonly string[]): string
  /**
   * Keyed digest, base64url: equal texts are recognised without being kept, and cannot be guessed back without the key.
   */
  digest(...parts: readonly string[]): string
  /**
   * The digest under each generation that is not retired, the present one first: what was made before a rotation is
   * still good until it ends.
   */
  digests(...parts: readonly string[]): readonly string[]
  /** A digest made under an earlier generation as this key would make it; any other text as it is. */
  upgradeDigest(digest: string): string
  /** The present generation, from 1. */
  readonly generation: number
  /** Whether this text was sealed under the present generation. */
  isCurrent(sealed: string): boolean
}

/** The bytes of one generation, 32 each. `seal` is gone once nothing is sealed with it any more. */
export interface Generation {
  seal: Buffer | null
  digest: Buffer
}

/** A sealed value does not open. Deliberately says nothing about its content. */
export class DecryptionError extends Error {
  constructor() {
    super('the stored value cannot be decrypted with the present key')
    this.name = 'DecryptionError'
  }
}

const NONCE = 12
const TAG = 16

/** A new generation; encryption and digests use keys derived from 32 random bytes. */
export const generationOf = (bytes: Buffer): Generation => ({
  seal: derive(bytes, 'keyferry seal v1'),
  digest: derive(bytes, 'keyferry digest v1'),
})

/** A key of one generation. `bytes`: 32 random bytes. */
export const dataKey = (bytes: Buffer): DataKey => dataKeyOf([generationOf(bytes)])

/** `generations`: oldest first; the last one seals. Throws when that is retired. */
export function dataKeyOf(generations: readonly Generation[]): DataKey {
  // KeyObjects are made once: AES with a raw buffer is several times slower.
  const sealing = generations.map(({ seal }) => (seal ? createSecretKey(seal) : null))
  const digesting = generations.map(({ digest }) => createSecretKey(digest))
  const generation = generations.length
  const present = sealing.at(-1)
  if (!present) throw new Error('a data key cannot seal')
  const mark = generation === 1 ? 'v1.' : `v1.${generation}.`
  const upgradeTo = (to: number, digest: string): string => {
    if (to === 1) return digest
    const made = /^(?:(\d+)\.)?([A-Za-z0-9_-]{43})$/.exec(digest)
    if (!made) return digest
    const [, number = '1', text = ''] = made
    if (Number(number) >= to) return digest
    const upgraded = digesting.slice(Number(number), to).reduce((inner, key) => hmac(key, [inner]), text)
    return `${to}.${upgraded}`
  }
  const upgradeDigest = (digest: string): string => upgradeTo(generation, digest)
  const firstDigest = (parts: readonly string[]): string => (digesting[0] ? hmac(digesting[0], parts) : '')
  return {
    generation,
    isCurrent: (sealed) => markOf(sealed)?.mark === mark,
    seal(text, ...belongsTo) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', present, nonce)
      cipher.setAAD(unambiguous(belongsTo))
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${mark}${sealed.toString('base64url')}`
    },
    open(sealed, ...belongsTo) {
      const made = markOf(sealed)
      const key = made && sealing[made.generation - 1]
      if (!made || !key) throw new DecryptionError()
      const bytes = Buffer.from(sealed.slice(made.mark.length), 'base64url')
      if (bytes.length < NONCE + TAG) throw new DecryptionError()
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE))
      decipher.setAAD(unambiguous(belongsTo))
      decipher.setAuthTag(bytes.subarray(-TAG))
      try {
        // GCM has nothing left to give at its end; that is where it throws when anything was altered.
        const text = decipher.update(bytes.subarray(NONCE, -TAG))
        decipher.final()
        return text.toString('utf8')
      } catch {
        throw new DecryptionError()
      }
    },
    digest: (...parts) => upgradeDigest(firstDigest(parts)),
    digests(...parts) {
      const first = firstDigest(parts)
      return sealing.flatMap((key, at) => (key ? [upgradeTo(at + 1, first)] : [])).reverse()
    },
    upgradeDigest,
  }
}

const hmac = (key: KeyObject, parts: readonly string[]): string =>
  createHmac('sha256', key).update(unambiguous(parts)).digest('base64url')

function markOf(sealed: string): { mark: string; generation: number } | null {
  if (!sealed.startsWith('v1.')) return null
  const end = sealed.indexOf('.', 3)
  if (end < 0) return { mark: 'v1.', generation: 1 }
  return { mark: sealed.slice(0, end + 1), generation: Number(sealed.slice(3, end)) }
}

function derive(bytes: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', bytes, '', purpose, 32))
}

/**
 * Length-prefixed parts, so that ("a", "bc") and ("ab", "c") differ. One buffer for all of them: a listing makes one
 * per value.
 */
function unambiguous(parts: readonly string[]): Buffer {
  let size = 0
  for (const part of parts) size += 4 + Buffer.byteLength(part)
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const part of parts) {
    const length = bytes.write(part, at + 4)
    bytes.writeUInt32BE(length, at)
    at += 4 + length
  }
  return bytes
}
