/** How secrets are written: every writer of the vault uses `putSecrets` and `deleteSecretRows`. */
import { randomUUID } from 'node:crypto'
import { lockRows, timeSlice, type ReferenceTable, type SecretVersionTable } from '@keyferry/db'
import {
  BadRequest,
  referencesIn,
  timestamp,
  unescapeReferences,
  Unresolvable,
  type Actor,
  type Context,
  type DataKey,
  type Tx,
} from '@keyferry/kernel'
import { moveHead } from '@keyferry/kernel/authority'
import { HIDDEN_VALUE } from '@keyferry/schemas'
import { escapeReferences } from '@keyferry/schemas/literal-text'
import type { Insertable } from 'kysely'
import { lockProject, shareProject } from '../keys/project-key.ts'
import { pruneVersions, sizeOf } from '../trash/prune-versions.ts'
import { trashSecrets } from '../trash/trash-writes.ts'
import { chunks } from '../tree/chunks.ts'
import { findFolder, type Located } from '../tree/find-folder.ts'
import { charge } from '../tree/quotas.ts'
import { openTags, setTags, UNTAGGED, type Tagging } from '../tree/tags.ts'
import {
  commentOrNull,
  lost,
  metadataOrNull,
  openOrNull,
  sealField,
  associatedData,
  type Metadata,
  type SecretRow,
} from '../tree/tree.ts'

/** A folder opened for writing, until the transaction ends. */
export interface Target extends Located {
  projectId: string
  key: DataKey
}

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

/** Throws `NotFound` naming what is missing. */
export async function openForWriting(ctx: Context, tx: Tx, where: Where): Promise<Target> {
  const key = await lockProject(ctx, tx, where.projectId)
  return { ...(await findFolder(tx, where)), projectId: where.projectId, key }
}

/**
 * The same for values that refer to nothing, under the keys they have: only writers of the same folder wait for each
 * other, so that a project's folders can be filled at once. Throws `NotFound`.
 */
export async function openForPlainValues(ctx: Context, tx: Tx, where: Where): Promise<Target> {
  const key = await shareProject(ctx, tx, where.projectId)
  const found = await findFolder(tx, where)
  await lockRows(tx, () =>
    tx.selectFrom('folders').where('id', '=', found.folder.id).select('id').forNoKeyUpdate().execute(),
  )
  return { ...found, projectId: where.projectId, key }
}

interface Where {
  projectId: string
  environment: string
  secretPath: string
}

/** The secrets of a folder with these keys, by key. */
export async function presentSecrets(
  tx: Tx,
  folderId: string,
  keys: readonly string[],
): Promise<Map<string, SecretRow>> {
  const found = new Map<string, SecretRow>()
  for (const some of chunks([...new Set(keys)])) {
    const rows = await tx
      .selectFrom('secrets')
      .where('folderId', '=', folderId)
      .where('key', 'in', some)
      .selectAll()
      .execute()
    for (const row of rows) found.set(row.key, row)
  }
  return found
}

/**
 * Creates, changes and renames secrets, in order; the keys must not clash, which the caller has checked. Each write
 * takes the version after the highest that its key ever had in this folder, so that a sealed value fits one version
 * only. What changes nothing writes nothing. Returns the secrets as they are then, and which of them were written.
 * Throws `NotFound` naming tags that are none of this project.
 */
export async function putSecrets(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  puts: readonly Put[],
): Promise<{ secrets: Opened[]; written: Set<string> }> {
  const highest = await highestVersions(
    tx,
    target.folder.id,
    puts.map((put) => put.key),
  )
  const tagging = await openTags(
    tx,
    target.projectId,
    puts.map(({ present, tagIds }) => ({ secretId: present?.id, tagIds })),
  )
  const at = timestamp(ctx)
  const secrets: Opened[] = []
  const writes: Write[] = []
  const replaced: SecretRow[] = []
  const slice = timeSlice()
  for (const [index, put] of puts.entries()) {
    if (slice.isOver()) await slice.rest()
    const version = Math.max(highest.get(put.key) ?? 0, put.present?.version ?? 0) + 1
    const { changed, ...tags } = tagging[index] ?? UNTAGGED
    const next = apply(target, put, changed, version, actor, at)
    secrets.push(next)
    if (next.row === put.present) continue
    writes.push({ ...next, tags })
    if (put.present) replaced.push(put.present)
  }
  await store(tx, target, writes, actor, at)
  await moveHead(tx, target, { secrets: replaced }, { secrets: writes.map(({ row }) => row) })
  charge(tx, target.projectId, {
    adds: true,
    secrets: puts.filter(({ present }) => present === undefined).length,
    bytes: writes.reduce((sum, { row }) => sum + sizeOf(row), 0),
  })
  await pruneVersions(
    ctx,
    tx,
    target,
    writes.map(({ row }) => row),
  )
  return { secrets, written: new Set(writes.map(({ row }) => row.key)) }
}

type Write = Opened & { tags: Tagging }

/** Deletes secrets into the trash, leaving their versions and one more that says deleted. */
export async function deleteSecretRows(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  rows: readonly SecretRow[],
): Promise<void> {
  await trashSecrets(ctx, tx, actor, target, rows)
  await dropMovedSecrets(ctx, tx, actor, target, rows)
}

/**
 * Removes secrets that were written elsewhere in the same transaction: as `deleteSecretRows`, with nothing for the
 * trash.
 */
export async function dropMovedSecrets(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  rows: readonly SecretRow[],
): Promise<void> {
  const { key, projectId, folder } = target
  const highest = await highestVersions(
    tx,
    folder.id,
    rows.map((row) => row.key),
  )
  const at = timestamp(ctx)
  const tombstones: Insertable<SecretVersionTable>[] = []
  const slice = timeSlice()
  for (const row of rows) {
    if (slice.isOver()) await slice.rest()
    const version = Math.max(row.version, highest.get(row.key) ?? 0) + 1
    const value = key.seal('', ...associatedData('secret', projectId, { ...row, version }))
    tombstones.push({
      id: randomUUID(),
      secretId: row.id,
      folderId: folder.id,
      key: row.key,
      version,
      value,
      comment: null,
      metadata: null,
      tags: null,
      deleted: 1,
      counted: 1,
      textsCounted: 1,
      createdAt: at,
      createdBy: actor.name,
    })
  }
  charge(tx, projectId, { secrets: -rows.length, bytes: tombstones.reduce((sum, { value }) => sum + value.length, 0) })
  for (const some of chunks(tombstones)) await tx.insertInto('secretVersions').values(some).execute()
  for (const some of chunks(rows.map((row) => row.id))) await tx.deleteFrom('secrets').where('id', 'in', some).execute()
  await moveHead(tx, target, { secrets: rows }, {})
}

/** Null for what cannot be decrypted: what is broken can still be replaced, renamed over or deleted. */
export function openSecret(
  { key, projectId }: Pick<Target, 'key' | 'projectId'>,
  row: SecretRow,
): { value: string | null; comment: string | null; metadata: Metadata | null } {
  return {
    metadata: metadataOrNull(key, projectId, row),
    value: openOrNull(key, row.value, associatedData('secret', projectId, row)),
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

function apply(target: Target, put: Put, retagged: boolean, version: number, actor: Actor, at: string): Opened {
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
    updatedBy: actor.name,
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

async function store(tx: Tx, target: Target, writes: readonly Write[], actor: Actor, at: string): Promise<void> {
  const edges: Insertable<ReferenceTable>[] = []
  const slice = timeSlice()
  for (const some of chunks(writes, ({ row }) => sizeOf(row))) {
    if (slice.isOver()) await slice.rest()
    await tx
      .insertInto('secrets')
      .values(some.map(({ row }) => row))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          key: eb.ref('excluded.key'),
          version: eb.ref('excluded.version'),
          value: eb.ref('excluded.value'),
          comment: eb.ref('excluded.comment'),
          metadata: eb.ref('excluded.metadata'),
          blank: eb.ref('excluded.blank'),
          skipMultilineEncoding: eb.ref('excluded.skipMultilineEncoding'),
          isLiteral: eb.ref('excluded.isLiteral'),
          updatedAt: eb.ref('excluded.updatedAt'),
          updatedBy: eb.ref('excluded.updatedBy'),
        })),
      )
      .execute()
    await tx
      .insertInto('secretVersions')
      .values(
        some.map(({ row: { id, folderId, key, version, value, comment, metadata, isLiteral }, tags }) => ({
          id: randomUUID(),
          secretId: id,
          folderId,
          key,
          version,
          value,
          comment,
          metadata,
          tags: JSON.stringify(tags.slugs),
          isLiteral,
          deleted: 0,
          counted: 1,
          textsCounted: 1,
          createdAt: at,
          createdBy: actor.name,
        })),
      )
      .execute()
    await tx
      .deleteFrom('references')
      .where(
        'secretId',
        'in',
        some.map(({ row }) => row.id),
      )
      .execute()
    for (const { row, value } of some) {
      if (slice.isOver()) await slice.rest()
      for (const edge of edgesOf(target, row, value ?? '')) edges.push(edge)
    }
  }
  for (const some of chunks(edges)) {
    if (slice.isOver()) await slice.rest()
    await tx.insertInto('references').values(some).execute()
  }
  for (const { row, tags } of writes) {
    if (slice.isOver()) await slice.rest()
    if (tags.tagIds) await setTags(tx, row.id, tags.tagIds)
  }
}

/**
 * One edge per key elsewhere that the value mentions. A key of its own folder, or of what that imports, needs none: the
 * folder reads itself and its imports already.
 */
function edgesOf({ projectId }: Target, row: SecretRow, value: string): Insertable<ReferenceTable>[] {
  const edges: Insertable<ReferenceTable>[] = []
  for (const reference of referencesIn(value)) {
    if (reference.kind !== 'absolute') continue
    const { environment, path, key } = reference
    edges.push({ secretId: row.id, folderId: row.folderId, projectId, environmentSlug: environment, path, key })
  }
  return edges
}

async function highestVersions(tx: Tx, folderId: string, keys: readonly string[]): Promise<Map<string, number>> {
  const highest = new Map<string, number>()
  for (const some of chunks([...new Set(keys)])) {
    const rows = await tx
      .selectFrom('secretVersions')
      .where('folderId', '=', folderId)
      .where('key', 'in', some)
      .groupBy('key')
      .select((eb) => ['key', eb.fn.max('version').as('version')])
      .execute()
    for (const row of rows) highest.set(row.key, Number(row.version))
  }
  return highest
}
