/**
 * A data key: seals the values of one project (or the credentials of the instance) and makes its digests.
 *
 * Sealed text is `v1.` + base64url(nonce 12 bytes | ciphertext | tag 16 bytes), AES-256-GCM with a fresh random nonce. The associated
 * data name where the text belongs, so a row copied to another place does not open there.
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
  /** Throws `SealBroken` when the text was made under another key or for another place, or was altered. */
  open(sealed: string, ...belongsTo: readonly string[]): string
  /** Keyed digest, base64url: equal texts are recognised without being kept, and cannot be guessed back without the key. */
  digest(...parts: readonly string[]): string
}

/** A sealed value does not open. Deliberately says nothing of its content. */
export class SealBroken extends Error {
  constructor() {
    super('the stored value cannot be decrypted with the present key')
    this.name = 'SealBroken'
  }
}

const NONCE = 12
const TAG = 16

/** `bytes`: 32 random bytes; encryption and digests use keys derived from them. */
export function dataKey(bytes: Buffer): DataKey {
  // KeyObjects are made once: AES with a raw buffer is several times slower.
  const sealing = derive(bytes, 'keyferry seal v1')
  const digesting = derive(bytes, 'keyferry digest v1')
  return {
    seal(text, ...belongsTo) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
      cipher.setAAD(unambiguous(belongsTo))
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v1.${sealed.toString('base64url')}`
    },
    open(sealed, ...belongsTo) {
      if (!sealed.startsWith('v1.')) throw new SealBroken()
      const bytes = Buffer.from(sealed.slice(3), 'base64url')
      if (bytes.length < NONCE + TAG) throw new SealBroken()
      const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, NONCE))
      decipher.setAAD(unambiguous(belongsTo))
      decipher.setAuthTag(bytes.subarray(-TAG))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8')
      } catch {
        throw new SealBroken()
      }
    },
    digest: (...parts) => createHmac('sha256', digesting).update(unambiguous(parts)).digest('base64url'),
  }
}

function derive(bytes: Buffer, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', bytes, '', purpose, 32)))
}

/** Length-prefixed parts, so that ("a", "bc") and ("ab", "c") differ. */
function unambiguous(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return [length, bytes]
    }),
  )
}
