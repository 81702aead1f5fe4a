/**
 * Why a run wrote a key, or did not: a code with data, as it is stored, and its words. Programs branch on the code,
 * never on the words.
 */
import { z } from 'zod'
import { planReason, planReasonText } from './plan-reasons.ts'

/**
 * - `auth`: the credential is wrong or lacks a right; a person has to act.
 * - `missing`: the target itself (project, environment, organization) is not there; a person has to act.
 * - `absent`: this key, or the document, is not there. Of a delete it means done.
 * - `conflict`: somebody else wrote in between, or holds the name; looking again tells.
 * - `rejected`: the vendor refuses this key or request; the same request will be refused again.
 * - `throttled`: too many calls, past what waiting could settle in this run.
 * - `unavailable`: no clear answer (network, time-out, 5xx); worth another try later.
 */
export const destinationErrorKind = z.enum([
  'auth',
  'missing',
  'absent',
  'conflict',
  'rejected',
  'throttled',
  'unavailable',
])
export type DestinationErrorKind = z.output<typeof destinationErrorKind>

export const outcomeReason = z
  .discriminatedUnion('code', [
    planReason,
    z.object({ code: z.literal('waits-for-rename'), name: z.string().describe('The new name of the key') }),
    z.object({
      code: z.literal('destination-error'),
      kind: destinationErrorKind,
      text: z.string().describe('What the destination answered, without values and credentials'),
      isRestored: z.literal(true).optional().describe('The earlier value was written again'),
    }),
  ])
  .meta({ id: 'OutcomeReason' })
export type OutcomeReason = z.output<typeof outcomeReason>

/** The reason in words, for a person. */
export function outcomeReasonText(reason: OutcomeReason): string {
  switch (reason.code) {
    case 'waits-for-rename':
      return `stays until ${reason.name} is written`
    case 'destination-error':
      return reason.isRestored ? `${reason.text}; the value before it was put back` : reason.text
    default:
      return planReasonText(reason)
  }
}

/** A stored reason; null for one of an earlier version, which stored the words themselves. */
export const outcomeReasonOf = (stored: string): OutcomeReason | null =>
  stored.startsWith('{"code":') ? outcomeReason.parse(JSON.parse(stored)) : null

/** The words of a stored reason. */
export function storedReasonText(stored: string): string {
  const reason = outcomeReasonOf(stored)
  return reason === null ? stored : outcomeReasonText(reason)
}
