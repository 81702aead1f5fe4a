import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

/**
 * Devin documents no bounds for organization secrets. These are those of its nearest neighbour, the secrets of a
 * session (docs.devin.ai, POST sessions, 2026-11-22): a name of 1 to 256 characters, a value of up to 65,536.
 */
const MAX_KEY = 256
const MAX_VALUE = 65_536

export const devinLimits: Limits = {
  checked: '2026-11-22',
  refuse(key, value) {
    if (key === '') return 'Devin needs a name'
    if (key.length > MAX_KEY) return `the name is longer than the ${MAX_KEY} characters that Devin takes`
    if (/\p{Cc}/u.test(key)) return 'the name contains a control character'
    // No document says what becomes of an empty value, and none can be read back: it could not be distinguished from a
    // lost one.
    if (value === '') return 'the value is empty, and Devin does not promise to keep an empty secret'
    if (value.length > MAX_VALUE)
      return `the value is longer than the ${MAX_VALUE.toLocaleString('en')} characters that Devin takes`
    if (value.includes('\0')) return 'the value contains a NUL character, which an environment variable can’t contain'
    return null
  },
  /**
   * The variable that a session sees (docs.devin.ai, product guide "Secrets", 2026-11-22): a character outside letters,
   * digits and `_` becomes `_`, and a name that starts with a digit gets `_` in front. The guide says "not starting
   * with a letter"; whether that puts a second `_` before `_X` is not known, and taking it literally would refuse names
   * that work.
   */
  effectiveName(key) {
    const name = key.replaceAll(/[^A-Za-z0-9_]/gu, '_')
    return /^[0-9]/.test(name) ? `_${name}` : name
  },
}

export const devinKeyRules: readonly string[] = [
  `A name has 1 to ${MAX_KEY} characters and no control characters.`,
  `A value has 1 to ${MAX_VALUE.toLocaleString('en')} characters and no NUL; an empty value is not sent.`,
  'In a session, every character of a name outside letters, digits and _ becomes _. Two names that become the same one, such as a-b and a_b, are refused.',
]

/** Devin documents no rate limit (docs.devin.ai, 2026-11-22): ten calls a second once it refused one. */
export const devinRateLimits: Readonly<Record<'all', RateLimit>> = {
  all: { capacity: 10, refill: 10, intervalMs: 1_000, source: 'assumed' },
}
