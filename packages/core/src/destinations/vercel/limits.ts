import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

/** What Vercel can hold (schema of api.vercel.com and vercel.com/docs, 2026-11-28). */
const MAX_KEY = 256
const MAX_VALUE = 65_536
const MAX_COUNT = 1_000

export const vercelLimits: Limits = {
  checked: '2026-11-28',
  refuse(key, value) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
      return 'a name has only letters, digits and underscores, and does not start with a digit'
    if (key.length > MAX_KEY) return `the name is longer than the ${MAX_KEY} characters that Vercel takes`
    if (value.length > MAX_VALUE)
      return `the value is longer than the ${MAX_VALUE.toLocaleString('en')} characters that Vercel takes`
    if (value.includes('\0')) return 'the value has a NUL character, which no environment variable can contain'
    return null
  },
  maxKeys: () => MAX_COUNT,
}

export const vercelKeyRules: readonly string[] = [
  `A name has 1 to ${MAX_KEY} letters, digits and underscores, and does not start with a digit.`,
  'Vercel reserves some names, such as VERCEL_URL and AWS_REGION, and publishes no complete list: its refusal is shown.',
  `A value has at most ${MAX_VALUE.toLocaleString('en')} characters. All variables of a deployment together have at most 64 KB, names included: Vercel takes more and then refuses the build.`,
  `An environment has at most ${MAX_COUNT.toLocaleString('en')} variables.`,
]

const perMinute = (calls: number): RateLimit => ({
  capacity: calls,
  refill: calls,
  intervalMs: 60_000,
  source: 'reported',
})

/** Per kind of call and account (vercel.com/docs/limits, 2026-11-28). A batch counts as one call. */
export const vercelRateLimits: Readonly<Record<string, RateLimit>> = {
  all: perMinute(500),
  create: perMinute(120),
  update: perMinute(120),
  delete: perMinute(60),
}
