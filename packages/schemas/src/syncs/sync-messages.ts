/**
 * What a sync says of its last run, check or cleanup: a code with data, as it is stored, and its words. Programs branch
 * on the code, never on the words.
 */
import { z } from 'zod'
import { count } from '../count.ts'
import { sentence } from '../sentence.ts'
import { importReason, importReasonText } from './import-reasons.ts'
import { destinationErrorKind, outcomeReason, outcomeReasonText } from './outcome-reasons.ts'

/** Deletes that wait for an approval. `of`: the keys that the sync may touch; null: nothing would be left. */
const deletions = z.object({
  deletes: z.number(),
  of: z.number().nullable(),
  /** The first run after an import: what was not imported is not deleted unseen. */
  unimported: z.literal(true).optional(),
})
export type Deletions = z.output<typeof deletions>

/** Earlier versions stored the words of a reason. */
const keysWith = <R extends z.ZodType>(reason: R) =>
  z.object({ count: z.number(), named: z.array(z.object({ key: z.string(), reason: z.union([z.string(), reason]) })) })
const keys = keysWith(outcomeReason)

const internalError = z.object({ code: z.literal('internal-error') })
const destinationError = z.object({
  code: z.literal('destination-error'),
  kind: destinationErrorKind.optional(),
  text: z.string(),
})
const connectionNotAllowed = z.object({ code: z.literal('connection-not-allowed'), text: z.string() })

/** Why keys are still at a target that a sync left. */
const cleanupFailure = z.discriminatedUnion('code', [
  internalError,
  destinationError,
  connectionNotAllowed,
  z.object({ code: z.literal('key-not-deleted'), key: z.string(), reason: outcomeReason }),
])
export type CleanupFailure = z.output<typeof cleanupFailure>

/** `text`: what an error says that has words of its own, without values and credentials. */
export const syncMessage = z.discriminatedUnion('code', [
  internalError,
  z.object({ code: z.literal('interrupted') }),
  destinationError,
  z.object({ code: z.literal('keys-not-written'), failed: keys, rejected: keys }),
  z.object({ code: z.literal('source-unresolvable'), text: z.string() }),
  connectionNotAllowed,
  z.object({ code: z.literal('owner-without-access'), owner: z.string() }),
  z.object({ code: z.literal('approval-needed'), deletions }),
  z.object({ code: z.literal('secrets-removed') }),
  z.object({
    code: z.literal('secrets-imported'),
    added: z.number(),
    changed: z.number(),
    leftOut: keysWith(importReason),
  }),
  z.object({ code: z.literal('owner-cannot-import'), owner: z.string() }),
  z.object({ code: z.literal('not-checked'), text: z.string() }),
  z.object({ code: z.literal('not-checked-without-owner') }),
  z.object({ code: z.literal('listing-timeout'), destination: z.string(), seconds: z.number() }),
  z.object({ code: z.literal('listing-failed'), destination: z.string(), text: z.string() }),
  z.object({ code: z.literal('values-not-compared'), text: z.string() }),
  z.object({ code: z.literal('deletes-not-repaired'), deletions }),
  z.object({ code: z.literal('repairs-paused'), keys: z.array(z.string()), count: z.number(), times: z.number() }),
  z.object({ code: z.literal('cleanup-waits'), keys: z.number(), target: z.string(), next: z.string() }),
  z.object({ code: z.literal('cleanup-done'), target: z.string() }),
  z.object({
    code: z.literal('cleanup-failed'),
    keys: z.number(),
    target: z.string(),
    /** Earlier versions stored the words. */
    why: z.union([z.string(), cleanupFailure]),
    needsPerson: z.boolean(),
  }),
])
export type SyncMessage = z.output<typeof syncMessage>

/** Keys that a sentence names. */
export const NAMED_KEYS = 5

export const deletionsText = ({ deletes, of, unimported }: Deletions): string => {
  if (unimported) return `This would delete ${count(deletes, 'key')} at the destination that could not be imported.`
  if (of !== null) return `This would delete ${deletes} of ${of} keys at the destination, more than 30%.`
  const all = deletes === 1 ? 'the last key' : `all ${deletes} keys`
  return `This would delete ${all} and leave the destination empty.`
}

const INTERNAL_ERROR = 'Internal error. See the server log.'

/** The message in words, for a person. */
export function syncMessageText(message: SyncMessage): string {
  switch (message.code) {
    case 'internal-error':
      return INTERNAL_ERROR
    case 'interrupted':
      return 'Interrupted. The next run continues.'
    case 'destination-error':
      return sentence(message.text)
    case 'keys-not-written':
      return [
        keysText(message.failed, 'failed', outcomeReasonText),
        keysText(message.rejected, "can't be stored", outcomeReasonText),
      ]
        .filter((part) => part !== null)
        .join('. ')
    case 'source-unresolvable':
    case 'connection-not-allowed':
      return `Nothing was sent. ${message.text}`
    case 'owner-without-access':
      return `Nothing was sent: the owner of this sync, ${message.owner}, can no longer read its whole source. To take it over, click “Sync now” or edit it.`
    case 'approval-needed':
      return `${deletionsText(message.deletions)} Nothing was sent. Approve this plan to continue, or restore the secrets.`
    case 'secrets-removed':
      return 'The keys were deleted at the destination. The next run writes them again.'
    case 'secrets-imported': {
      const leftOut = keysText(message.leftOut, 'skipped', importReasonText)
      return `${message.added} added, ${message.changed} changed${leftOut === null ? '' : `, ${leftOut}`}`
    }
    case 'owner-cannot-import':
      return `Nothing was imported or sent: the owner of this sync, ${message.owner}, can no longer change the secrets of its folder. To take it over, edit it.`
    case 'not-checked':
      return `Not checked: ${message.text}`
    case 'not-checked-without-owner':
      return 'Not checked: the owner of this sync can no longer read its whole source.'
    case 'listing-timeout':
      return `${message.destination} did not list its destination within ${message.seconds} seconds`
    case 'listing-failed':
      return `${message.destination} could not be read: ${message.text}`
    case 'values-not-compared':
      return `Values were not compared: ${message.text}`
    case 'deletes-not-repaired':
      return `${deletionsText(message.deletions)} Nothing was deleted; run the sync to review it.`
    case 'repairs-paused':
      return `${listed(message.keys, message.count)} drifted ${message.times} times within 24 hours. Stop the other writer. The next run that a person starts repairs everything and resumes automatic repair.`
    case 'cleanup-waits':
      return `${count(message.keys, 'key')} will be deleted at ${message.target} once ${message.next} is in sync.`
    case 'cleanup-done':
      return `Cleaned up ${message.target}`
    case 'cleanup-failed': {
      const remedy = message.needsPerson ? '. To keep them, disable secret deletion for this sync.' : ''
      return `${count(message.keys, 'key')} could not be deleted at ${message.target} yet: ${cleanupFailureText(message.why)}${remedy}`
    }
  }
}

function cleanupFailureText(failure: CleanupFailure | string): string {
  if (typeof failure === 'string') return failure
  switch (failure.code) {
    case 'internal-error':
      return INTERNAL_ERROR
    case 'key-not-deleted':
      return `${failure.key} (${outcomeReasonText(failure.reason)})`
    default:
      return failure.text
  }
}

function keysText<R>(
  { count: all, named }: { count: number; named: readonly { key: string; reason: string | R }[] },
  what: string,
  words: (reason: R) => string,
): string | null {
  if (all === 0) return null
  const each = named.map(({ key, reason }) => `${key} (${typeof reason === 'string' ? reason : words(reason)})`)
  return `${count(all, 'key')} ${what}: ${listed(each, all)}`
}

/** Why the run did not write a key that its message names. */
export const namedReasonText = ({ reason }: z.output<typeof keys>['named'][number]): string =>
  typeof reason === 'string' ? reason : outcomeReasonText(reason)

/** "A, B and 3 more". */
export const listed = (named: readonly string[], all: number): string =>
  named.join(', ') + (all > named.length ? ` and ${all - named.length} more` : '')

/** A stored message; null for one of an earlier version, which stored the words themselves. */
export const syncMessageOf = (stored: string): SyncMessage | null =>
  stored.startsWith('{') ? syncMessage.parse(JSON.parse(stored)) : null

/** The words of a stored message. */
export function storedMessageText(stored: string): string {
  const message = syncMessageOf(stored)
  return message === null ? stored : syncMessageText(message)
}
