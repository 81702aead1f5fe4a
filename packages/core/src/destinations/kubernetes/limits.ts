import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

const MAX_KEY = 253
/** All values together, before base64 (seen at a kube-apiserver 1.20.2, 2026-11-28). */
const MAX_BYTES = 1_048_576

export const kubernetesLimits: Limits = {
  checked: '2026-11-28',
  refuse(key, value) {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) return 'the name may have letters, digits, -, _ and . only'
    if (key === '.' || key.startsWith('..')) return 'the name may be neither . nor begin with ..'
    if (key.length > MAX_KEY) return `the name is longer than ${MAX_KEY} characters`
    if (Buffer.byteLength(value) > MAX_BYTES) return `the value is larger than ${MAX_BYTES.toLocaleString('en')} bytes`
    return null
  },
  document: {
    max: MAX_BYTES,
    size: (members) => [...members.values()].reduce((bytes, value) => bytes + Buffer.byteLength(value), 0),
  },
}

export const kubernetesKeyRules: readonly string[] = [
  `A name has 1 to ${MAX_KEY} letters, digits, -, _ and ., and doesn't begin with two dots.`,
  `All values of a Secret together take at most ${MAX_BYTES.toLocaleString('en')} bytes in UTF-8.`,
]

/** The API server has no limit per user; a full queue refuses with a time to wait. */
export const kubernetesRateLimits: Readonly<Record<string, RateLimit>> = {}
