/**
 * Why a plan changes, keeps or refuses a key: a code with at most one detail, and its words. Programs branch on the
 * code, never on the words.
 */
import { z } from 'zod'

type Words = (detail: string) => string

/** What someone did at the destination. */
const DRIFT = {
  'drift-removed': () => 'deleted outside Keyferry',
  'drift-type': (type) => `changed to ${type} outside Keyferry`,
  'drift-copies': () => 'duplicated outside Keyferry',
  'drift-replaced': () => 'replaced outside Keyferry',
  'drift-flag': (flag) => `flag "${flag}" changed outside Keyferry`,
  'drift-value': () => 'value changed outside Keyferry',
} satisfies Record<string, Words>

const OTHERS = {
  new: () => 'new',
  'value-changed': () => 'value changed',
  'not-written-yet': () => 'not written yet',
  'finishes-write': () => 'finishes a write that was interrupted',
  'finishes-replacement': () => 'finishes a replacement that was interrupted',
  'takes-over': () => 'already exists; will be overwritten',
  'takes-over-type': (type) => `replaces ${type} with this name`,
  'in-sync': () => 'in sync',
  excluded: () => 'excluded from this sync',
  'left-behind': () => 'left behind: no longer in the source, and the deletion policy keeps it',
  renamed: (name) => `renamed to ${name}`,
  'not-in-source': () => 'no longer in the source',
  mirrored: () => 'exists only at the destination',
  'mirrored-type': (type) => `exists only at the destination, as ${type}`,
  stale: () => 'the current value can’t be stored, and the earlier one would be stale',
  refused: (why) => why,
  claimed: (sync) => `${sync} already writes this key to the same destination`,
  'not-managed': (what) => `the destination has ${what} with this name, which Keyferry does not manage`,
  'taken-over': (sync) => `now written by ${sync}`,
  'written-by': (sync) => `written by ${sync}`,
  'foreign-type': (what) => what,
  'outside-schema': () => 'outside the key schema',
  'not-written-here': () => 'not written by this sync',
} satisfies Record<string, Words>

type DriftCode = keyof typeof DRIFT
export type PlanReasonCode = DriftCode | keyof typeof OTHERS
const DRIFT_WORDS = new Map<string, Words>(Object.entries(DRIFT))
const OTHER_WORDS = new Map<string, Words>(Object.entries(OTHERS))
const isCode = (code: string): code is PlanReasonCode => DRIFT_WORDS.has(code) || OTHER_WORDS.has(code)

export const planReason = z
  .object({
    code: z.enum([...DRIFT_WORDS.keys(), ...OTHER_WORDS.keys()].filter(isCode)),
    detail: z
      .string()
      .optional()
      .describe('What the code is about: a sync, a name, a type, or the rule that is broken'),
  })
  .meta({ id: 'PlanReason' })
export type PlanReason = z.output<typeof planReason>

/** The reason in words, for a person. */
export const planReasonText = (reason: PlanReason): string =>
  DRIFT_WORDS.has(reason.code) ? `drift: ${driftText(reason)}` : driftText(reason)

/** The same where it is clear that drift is spoken of. */
export const driftText = ({ code, detail = '' }: PlanReason): string =>
  (DRIFT_WORDS.get(code) ?? OTHER_WORDS.get(code))?.(detail) ?? code
