import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'

/** What Trigger.dev can hold. Source: the server's code of 2026-08-21 (version 4.5.12) and its public issues. */

/** Dropped without an error when other variables are in the same call. */
const DROPPED = new Set(['TRIGGER_SECRET_KEY', 'TRIGGER_API_URL'])
/** What a secret reads back as. Written as a value it hides that the real one was lost (trigger.dev issue 4413). */
const REDACTED = '<redacted>'
/** The server checks no name; programs and the server's own address for one variable do. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** A longer name does not fit into the index of the server's database. */
const LONGEST_NAME = 2_600

export const triggerDevLimits: Limits = {
  checked: '2026-11-22',
  refuse: (key, value) => {
    if (DROPPED.has(key))
      return `Trigger.dev sets ${key} itself and drops it without an error, so it can't be stored in Trigger.dev`
    if (!NAME.test(key))
      return 'A variable name has only letters, digits and underscores, and does not start with a digit'
    if (key.length > LONGEST_NAME) return `Trigger.dev can't store a name of more than ${LONGEST_NAME} characters`
    if (key === 'import')
      return 'Trigger.dev can neither read nor delete a variable called "import": its API uses that address for something else'
    if (value.trim() === '')
      return "Trigger.dev drops a blank value without an error, so it can't be stored in Trigger.dev"
    if (value === REDACTED)
      return 'The value is the placeholder Trigger.dev shows instead of a secret, not the secret itself'
    if (value.includes('\0')) return 'The value has a NUL character, which no environment variable can contain'
    return null
  },
}

export const triggerDevKeyRules: readonly string[] = [
  'A name has letters, digits and underscores, and does not start with a digit.',
  'TRIGGER_SECRET_KEY and TRIGGER_API_URL belong to Trigger.dev and are refused here, because Trigger.dev drops them without an error.',
  'A blank value counts as no value: Trigger.dev drops it without an error. An older value that Keyferry wrote is removed.',
  'The text <redacted> is refused as a value: it is what Trigger.dev shows instead of a secret.',
  'TRIGGER_STREAM_URL, TRIGGER_ORG_ID, TRIGGER_PREVIEW_BRANCH, other TRIGGER_ names and some OTEL_ names are stored, but runs get the value that Trigger.dev sets.',
  'Linux gives a program at most 128 KiB per variable, name included; a run with a longer one does not start.',
]

/**
 * Two buckets: one for the paths that deployments use, imports and branches among them, one for the rest. Sizes of the
 * server's source of 2026-08-21; a self-hosted one may have others, which its answers report.
 */
export const triggerDevRateLimits: Readonly<Record<'api' | 'deployment', RateLimit>> = {
  api: { capacity: 750, refill: 250, intervalMs: 10_000, source: 'reported' },
  deployment: { capacity: 1_500, refill: 500, intervalMs: 10_000, source: 'reported' },
}
