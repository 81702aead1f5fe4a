/** Random values, by the browser's own generator. */
import { customAlphabet } from 'nanoid'
import { words } from '../words.ts'

export const ALPHABETS = {
  alphanumeric: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  symbols: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#%*+-=?@^_',
  lowerCase: 'abcdefghijklmnopqrstuvwxyz0123456789',
  digits: '0123456789',
} as const

type Alphabet = keyof typeof ALPHABETS

const randomText = (alphabet: Alphabet, length: number): string => customAlphabet(ALPHABETS[alphabet])(length)

const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

const randomHex = (bytes: number): string =>
  Array.from(randomBytes(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

const randomBase64 = (bytes: number): string => btoa(String.fromCharCode(...randomBytes(bytes)))

const ALGORITHMS = {
  Ed25519: { name: 'Ed25519' },
  'ECDSA P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  'RSA 3072': {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 3072,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const

export type KeyKind = keyof typeof ALGORITHMS
export const KEY_KINDS = Object.keys(ALGORITHMS) as KeyKind[]

/** What is generated; `length` counts characters of a text, and bytes of the others. */
export type GeneratedKind = 'text' | 'hex' | 'base64' | 'uuid' | 'pair'
export interface GeneratorSettings {
  kind: GeneratedKind
  length: number
  alphabet: Alphabet
  keyKind: KeyKind
}

/** Of a key pair, the value is the private key. Throws where the browser can't create one. */
export async function generate({
  kind,
  length,
  alphabet,
  keyKind,
}: GeneratorSettings): Promise<{ value: string; publicKey?: string }> {
  switch (kind) {
    case 'text':
      return { value: randomText(alphabet, length) }
    case 'hex':
      return { value: randomHex(length) }
    case 'base64':
      return { value: randomBase64(length) }
    case 'uuid':
      return { value: crypto.randomUUID() }
    case 'pair': {
      const { privateKey, publicKey } = await generateKeyPair(keyKind)
      return { value: privateKey, publicKey }
    }
  }
}

/** A new pair in PEM: PKCS #8 and SPKI. Browsers offer it on secure origins only. */
async function generateKeyPair(kind: KeyKind): Promise<{ privateKey: string; publicKey: string }> {
  const pair = await crypto.subtle.generateKey(ALGORITHMS[kind], true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error(words.generate.noKeyPair(kind))
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.exportKey('pkcs8', pair.privateKey),
    crypto.subtle.exportKey('spki', pair.publicKey),
  ])
  return { privateKey: pem('PRIVATE KEY', privateKey), publicKey: pem('PUBLIC KEY', publicKey) }
}

function pem(label: string, bytes: ArrayBuffer): string {
  const base64 = btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''))
  const lines = base64.match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
