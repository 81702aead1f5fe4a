import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

/** What a Worker can hold (developers.cloudflare.com, 2026-11-28). */
const MAX_BYTES = 5_120
const MAX_COUNT = 128

export const cloudflareWorkersLimits: Limits = {
  checked: '2026-11-28',
  refuse(key, value) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
      return 'a name has only letters, digits and underscores, and does not start with a digit'
    if (value.includes('\0')) return 'the value has a NUL character, which Cloudflare does not promise to keep'
    if (Buffer.byteLength(value) > MAX_BYTES) return 'the value is larger than the 5 KB that Cloudflare takes'
    return null
  },
  maxKeys: () => MAX_COUNT,
}

export const cloudflareWorkersKeyRules: readonly string[] = [
  'A name has letters, digits and underscores, and does not start with a digit.',
  'A value has at most 5 KB (5,120 bytes of UTF-8).',
  `A Worker has at most ${MAX_COUNT} variables and secrets together, and 64 on the Free plan.`,
  'A name that a plain variable or another binding of the Worker has can not be a secret as well.',
]

/** All calls of a token together; the first call too many blocks it for five minutes. */
export const cloudflareRateLimits: Readonly<Record<'all', RateLimit>> = {
  all: { capacity: 1_200, refill: 1_200, intervalMs: 300_000, source: 'documented' },
}
