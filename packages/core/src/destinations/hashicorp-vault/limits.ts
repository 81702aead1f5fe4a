import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

/** `max_entry_size` of the integrated storage is 1 MiB (Vault's documents, 2026-11-28); the rest is for metadata. */
const MAX_BYTES = 1_040_000

export const vaultLimits: Limits = {
  checked: '2026-11-28',
  refuse(key, value) {
    if (sizeOf(key, value) > MAX_BYTES)
      return `the value is larger than the ${MAX_BYTES.toLocaleString('en')} bytes that Vault stores`
    return null
  },
  document: {
    max: MAX_BYTES,
    size: (members) => [...members].reduce((bytes, [key, value]) => bytes + sizeOf(key, value), 2),
  },
}

/** Of one member as JSON, with its comma. */
const sizeOf = (key: string, value: string): number =>
  Buffer.byteLength(JSON.stringify(key)) + Buffer.byteLength(JSON.stringify(value)) + 2

export const vaultKeyRules: readonly string[] = [
  'A name may be any Unicode text.',
  `All names and values of one path take at most ${MAX_BYTES.toLocaleString('en')} bytes as JSON.`,
  'In a KV version 1 mount, the keys ttl and lease set how long readers may keep the secret.',
]

/** Vault has no limit of its own; an operator's quota refuses with a time to wait. */
export const vaultRateLimits: Readonly<Record<string, RateLimit>> = {}
