/** What GitLab can hold (gitlabhq's source up to 18.x and docs.gitlab.com, 2026-11-28). */
import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'
import { type GitlabTarget, isMasked } from './target.ts'

/** GitLab has no limit of its own; a job's environment holds little more (ARG_MAX of Linux). */
const MAX_BYTES = 65_536

const MASKABLE = /^[a-zA-Z0-9_+=/@:.~-]{8,}$/
const MASKABLE_RAW = /^\S{8,}$/

export const gitlabLimits: Limits<GitlabTarget, { raw: boolean }> = {
  checked: '2026-11-28',
  refuse(key, value, { target, options: { raw } }) {
    if (!/^[a-zA-Z0-9_]{1,255}$/.test(key)) return 'GitLab takes only 1 to 255 letters, digits and _ in a name'
    if (value.includes('\0')) return 'the value contains a NUL character, which an environment variable can’t contain'
    if (Buffer.byteLength(value) > MAX_BYTES) return `the value is larger than ${MAX_BYTES.toLocaleString('en')} bytes`
    if (isMasked(target) && !(raw ? MASKABLE_RAW : MASKABLE).test(value)) {
      return raw
        ? 'GitLab masks only values of at least 8 characters without white space'
        : 'GitLab masks only values of at least 8 letters, digits and _ + = / @ : . ~ - where references are expanded'
    }
    return null
  },
  maxKeys: ({ scope }) => (scope === 'project' ? 8_000 : 30_000),
}

export const gitlabKeyRules: readonly string[] = [
  'A name has 1 to 255 letters, digits and _.',
  'A value has at most 65,536 bytes and no NUL.',
  'A masked or hidden value has at least 8 characters and no white space.',
  'A project has at most 8,000 variables and a group 30,000, of all environments together, unless the server says otherwise.',
]

/** Of gitlab.com for one user; other servers report theirs, or have none. */
export const gitlabRateLimits: Readonly<Record<'all', RateLimit>> = {
  all: { capacity: 2_000, refill: 2_000, intervalMs: 60_000, source: 'reported' },
}
