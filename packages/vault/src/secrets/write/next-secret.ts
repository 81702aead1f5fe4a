/** What a write makes of a secret: its next row, sealed. Reads and stores nothing. */
import { randomUUID } from 'node:crypto'
import { BadRequest, unescapeReferences, Unresolvable } from '@keyferry/kernel'
import { HIDDEN_VALUE } from '@keyferry/schemas'
import { escapeReferences } from '@keyferry/schemas/literal-text'
import {
  associatedData,
  commentOrNull,
  lost,
  metadataOrNull,
  openValue,
  sealField,
  type Metadata,
  type SecretRow,
} from '../../tree/tree.ts'
import type { Target } from './folder-for-writing.ts'

export interface Put {
  /** The secret as it is; undefined to create one. */
  present: SecretRow | undefined
  /** The key it is to have afterwards. */
  key: string
  /** As it is stored; undefined: as it is. */
  value?: string
  /** References in it are text. Undefined: as it is. */
  isLiteral?: boolean
  comment?: string
  metadata?: Metadata
  skipMultilineEncoding?: boolean
  /** Exactly these tags. */
  tagIds?: readonly string[]
}

/** A secret with its texts in the clear. */
export interface Opened {
  row: SecretRow
  /** Null when it must not or cannot be shown. */
  value: string | null
  comment: string
  metadata: Metadata
}

/** Null for what cannot be decrypted: what is broken can still be replaced, renamed over or deleted. */
export function openSecret(
  { key, projectId }: Pick<Target, 'key' | 'projectId'>,
  row: SecretRow,
): { value: string | null; comment: string | null; metadata: Metadata | null } {
  return {
    metadata: metadataOrNull(key, projectId, row),
    value: openValue(key, projectId, row),
    comment: commentOrNull(key, projectId, row),
  }
}

/** What the vault has against a value that its schema lets pass, as a predicate; null when nothing. */
export function whyNotStorable(value: string): string | null {
  // A client that writes back a list with hidden values would overwrite every secret with the mask.
  if (value === HIDDEN_VALUE) return `is "${HIDDEN_VALUE}", which stands for a hidden value`
  // Half a surrogate pair has no bytes; it would come back as another character.
  return value.isWellFormed() ? null : 'is not valid Unicode text'
}

/**
 * The secret after `put`: its present row where that changes nothing, else one with `version`. Throws `Unresolvable`
 * for a value that can't be decrypted and isn't replaced, and `BadRequest`.
 */
export function nextSecret(
  target: Target,
  put: Put,
  { version, retagged, by, at }: { version: number; retagged: boolean; by: string; at: string },
): Opened {
  const { key, projectId, folder } = target
  const { present } = put
  const before = present ? openSecret(target, present) : { value: null, comment: '', metadata: [] }
  const wasLiteral = present?.isLiteral === 1
  const isLiteral = put.isLiteral ?? wasLiteral
  const value = put.value ?? switched(before.value, wasLiteral, isLiteral)
  if (value === null)
    throw new Unresolvable([
      { key: present?.key ?? put.key, reason: 'cannot be decrypted; write a new value', code: 'undecryptable' },
    ])
  const objection = whyNotStorable(value)
  if (objection) throw new BadRequest(`The value of ${put.key} ${objection}`)
  const comment = put.comment ?? before.comment
  const metadata = put.metadata ?? before.metadata
  if (comment === null) throw lost(put.key, 'comment')
  if (metadata === null) throw lost(put.key, 'metadata')
  const skip =
    put.skipMultilineEncoding === undefined ? (present?.skipMultilineEncoding ?? 0) : Number(put.skipMultilineEncoding)
  if (
    present?.key === put.key &&
    before.value === value &&
    before.comment === comment &&
    JSON.stringify(before.metadata) === JSON.stringify(metadata) &&
    present.skipMultilineEncoding === skip &&
    wasLiteral === isLiteral &&
    !retagged
  ) {
    return { row: present, value, comment, metadata }
  }
  const place = { folderId: folder.id, key: put.key, version }
  const row: SecretRow = {
    ...place,
    id: present?.id ?? randomUUID(),
    value: key.seal(value, ...associatedData('secret', projectId, place)),
    comment: sealField(key, projectId, 'comment', place, comment),
    metadata: sealField(key, projectId, 'metadata', place, metadata.length > 0 ? JSON.stringify(metadata) : ''),
    blank: value.trim() === '' ? 1 : 0,
    skipMultilineEncoding: skip,
    isLiteral: isLiteral ? 1 : 0,
    createdAt: present?.createdAt ?? at,
    updatedAt: at,
    updatedBy: by,
  }
  return { row, value, comment, metadata }
}

/** The value as it is stored once the switch is set: what is shown stays the same. */
function switched(stored: string | null, wasLiteral: boolean, isLiteral: boolean): string | null {
  if (stored === null || wasLiteral === isLiteral) return stored
  return isLiteral ? escapeReferences(stored) : unescapeReferences(stored)
}

/** A stored value as it is shown and written. */
export const shownValue = ({ isLiteral }: Pick<SecretRow, 'isLiteral'>, stored: string): string =>
  isLiteral === 1 ? unescapeReferences(stored) : stored
