/** What GitHub can hold (docs.github.com, 2026-11-28). */
import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'
import { areVariables, type GithubTarget } from './target.ts'

const MAX_NAME = 255
/** 48 KB; whether 48,000 or 49,152 bytes is not documented, so the smaller. */
const MAX_BYTES = 48_000

export const githubLimits: Limits<GithubTarget> = {
  checked: '2026-11-28',
  storedName: (key) => key.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
  refuse(key, value, { target }) {
    if (!/^[A-Z_][A-Z0-9_]*$/.test(key)) {
      return 'GitHub takes only letters, digits and _ in a name, and no digit in front'
    }
    if (key.startsWith('GITHUB_')) return 'GitHub keeps names that start with GITHUB_ for itself'
    if (key.length > MAX_NAME) return `the name is longer than ${MAX_NAME} characters`
    if (value.includes('\0')) return 'the value contains a NUL character, which an environment variable can’t contain'
    if (Buffer.byteLength(value) > MAX_BYTES) return 'the value is larger than the 48 KB that GitHub takes'
    // Whether GitHub takes it is not documented.
    if (value === '' && areVariables(target)) return 'the value is empty, and GitHub does not promise to keep that'
    return null
  },
  maxKeys(target) {
    if (target.scope === 'organization') return target.kind === 'codespaces-secrets' ? 100 : 1_000
    return target.scope === 'repository' && areVariables(target) ? 500 : 100
  },
}

export const githubKeyRules: readonly string[] = [
  'A name has letters, digits and _, starts with no digit and not with GITHUB_, and is stored in upper case: two names that differ only in case are one.',
  'A value has at most 48,000 bytes. An empty secret is the same as none in a workflow; an empty variable is not sent.',
  'A repository or an environment has at most 100 secrets, an organization 1,000. A repository has at most 500 variables, an environment 100, an organization 1,000.',
]

/**
 * Writes of 180 a minute, less some for reads: a write takes five of 900 points, which no answer reports. Calls that
 * create content are limited to 80 a minute, and GitHub does not say whether a secret is content.
 */
const WRITES = { capacity: 170, refill: 170, intervalMs: 60_000, trialAfter: 80, isUnreported: true } as const

/** Reads count in the hourly limit that answers report. An Enterprise Server has no limit unless it is turned on. */
export const githubRateLimits: Readonly<Record<'all' | 'writes' | 'serverWrites', RateLimit>> = {
  all: { capacity: 5_000, refill: 5_000, intervalMs: 3_600_000, source: 'reported' },
  writes: { ...WRITES, source: 'documented' },
  serverWrites: { ...WRITES, source: 'assumed' },
}
