import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

const MAX_NAME = 255
const MAX_BYTES = 65_536

/** https://docs.provider.example/variables, as of the day in `checked`. */
export const exampleVendorLimits: Limits = {
  checked: '2026-11-28',
  refuse(key, value) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return 'the name may have letters, digits and _ only, and no digit first'
    if (key.length > MAX_NAME) return `the name is longer than ${MAX_NAME} characters`
    if (value.includes('\0')) return 'the value contains a NUL character'
    if (Buffer.byteLength(value) > MAX_BYTES) return `the value is larger than ${MAX_BYTES.toLocaleString('en')} bytes`
    return null
  },
}

export const exampleVendorKeyRules: readonly string[] = [
  `A name has 1 to ${MAX_NAME} letters, digits and _, and doesn't start with a digit.`,
  `A value has at most ${MAX_BYTES.toLocaleString('en')} bytes in UTF-8 and no NUL.`,
]

/**
 * The vendor's rate limits by bucket, such as
 * `{ all: { capacity: 100, refill: 100, intervalMs: 10_000, source: 'documented' } }`. None: refusals alone limit.
 */
export const exampleVendorRateLimits: Readonly<Record<string, RateLimit>> = {}
