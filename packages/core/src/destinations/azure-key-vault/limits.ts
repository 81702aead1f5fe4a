import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

/** What a vault can hold (Azure's documents of secrets and service limits, 2026-11-28). */
const MAX_NAME = 127
const MAX_BYTES = 25_600

export const azureKeyVaultLimits: Limits = {
  checked: '2026-11-28',
  refuse(key, value) {
    if (key.length > MAX_NAME) return `the name is longer than the ${MAX_NAME} characters that Key Vault takes`
    if (!/^[0-9A-Za-z-]+$/.test(key)) return 'Key Vault takes only letters, digits and hyphens in a name'
    if (Buffer.byteLength(value) > MAX_BYTES)
      return `the value is longer than the ${MAX_BYTES.toLocaleString('en')} bytes that Key Vault takes`
    return null
  },
  /**
   * Names are the same whatever their case, and a vault keeps the spelling of the first: only in one case is a name
   * that is listed the one that was written. Underscores become hyphens, as in other tools.
   */
  storedName: (key) => key.replaceAll('_', '-').toUpperCase(),
}

export const azureKeyVaultKeyRules: readonly string[] = [
  `A name has 1 to ${MAX_NAME} letters, digits and underscores. An underscore becomes a hyphen and letters become upper case: db_url is stored as DB-URL. Key Vault ignores the case of names.`,
  'Two names that become the same one, such as A_B and a-b, are refused.',
  `A value has at most ${MAX_BYTES.toLocaleString('en')} bytes.`,
]

/** Of one vault (Azure's service limits, 2026-11-28); a refused call does not count. */
export const azureKeyVaultRateLimits: Readonly<Record<'set' | 'all', RateLimit>> = {
  set: { capacity: 300, refill: 300, intervalMs: 10_000, source: 'documented' },
  all: { capacity: 4_000, refill: 4_000, intervalMs: 10_000, source: 'assumed' },
}
