import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

/** What Secret Manager can hold (its protos and quotas, 2026-11-28). */
const MAX_NAME = 255
const MAX_BYTES = 65_536

export const gcpLimits: Limits = {
  checked: '2026-11-28',
  refuse(key, value) {
    if (key.length > MAX_NAME) return `the name is longer than the ${MAX_NAME} characters that Google takes`
    if (!/^[A-Za-z0-9_-]+$/.test(key)) return 'Google takes only letters, digits, underscores and hyphens in a name'
    if (value === '') return 'the value is empty, and Google takes no empty secret'
    if (Buffer.byteLength(value) > MAX_BYTES)
      return `the value is longer than the ${MAX_BYTES.toLocaleString('en')} bytes that Google takes`
    return null
  },
}

export const gcpKeyRules: readonly string[] = [
  `A name has 1 to ${MAX_NAME} letters, digits, underscores and hyphens.`,
  `A value has 1 to ${MAX_BYTES.toLocaleString('en')} bytes; an empty one is not sent.`,
]

/** Of a project (Google's quotas, 2026-11-28): refusals say nothing about when to come back. */
export const gcpRateLimits: Readonly<Record<'write' | 'read' | 'access', RateLimit>> = {
  write: { capacity: 600, refill: 600, intervalMs: 60_000, source: 'documented' },
  read: { capacity: 600, refill: 600, intervalMs: 60_000, source: 'assumed' },
  access: { capacity: 90_000, refill: 90_000, intervalMs: 60_000, source: 'assumed' },
}
