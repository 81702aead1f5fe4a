/** What a folder held, and going back to it. */
import { createHash } from 'node:crypto'
import type { SecretVersionTable, Selectable } from '@keyferry/db'
import { audit, BadRequest, NotFound, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { sql } from 'kysely'
import type { z } from 'zod'
import { checkReferences } from '../references/check-references.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { findFolder } from '../tree/find-folder.ts'
import { tagIdsOf, tagsBySlug, type ShownTag } from '../tree/tags.ts'
import { openComment, openMetadata, openValue, type SecretRow } from '../tree/tree.ts'
import { deleteSecretRows } from './write/delete-secrets.ts'
import { openForWriting, placeOf, type Target } from './write/folder-for-writing.ts'
import { openSecret, type Put } from './write/next-secret.ts'
import { requireSeenVersion } from './write/seen-version.ts'
import { presentSecrets, putSecrets } from './write/write.ts'

type Version = Selectable<SecretVersionTable>
type Restored = z.output<typeof schemas.folderRestored>

/** Every version of every secret of a folder, latest first, a page at a time. Never a value. Throws `NotFound`. */
export async function listFolderHistory(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof schemas.folderHistory>,
): Promise<z.output<typeof schemas.folderVersions>> {
  const { folder } = await findFolder(ctx.db, input)
  const [at, version, id] = input.cursor?.split(' ') ?? []
  const rows = await ctx.db
    .selectFrom('secretVersions')
    .where('folderId', '=', folder.id)
    .$if(at !== undefined && /^\d{1,9}$/.test(version ?? '') && id !== undefined, (query) =>
      query.where(
        sql<boolean>`(${sql.ref('createdAt')}, ${sql.ref('version')}, ${sql.ref('id')}) < (${at ?? ''}, ${Number(version)}, ${id ?? ''})`,
      ),
    )
    .orderBy('createdAt', 'desc')
    .orderBy('version', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
    .select(['id', 'key', 'version', 'deleted', 'createdAt', 'createdBy'])
    .execute()
  const shown = rows.slice(0, input.limit)
  const last = shown.at(-1)
  return {
    versions: shown.map(({ id: _, ...row }) => ({ ...row, deleted: row.deleted === 1 })),
    nextCursor: rows.length > input.limit && last ? `${last.createdAt} ${last.version} ${last.id}` : null,
  }
}

/**
 * Writes an older version, with the comment, the metadata and those of its tags that there still are, as the newest
 * one; a deleted secret comes back. Throws `NotFound`, `BadRequest` when it cannot be opened, and `Conflict` when the
 * secret has another version than `ifVersion`.
 */
export function restoreVersion(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.restoreVersion>,
): Promise<{ key: string; version: number; warnings: string[] }> {
  const { key, version, versionKey = key } = input
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const target = await openForWriting(ctx, tx, input)
    const present = (await presentSecrets(tx, target.folder.id, [key])).get(key)
    requireSeenVersion(key, input.ifVersion, present)
    const old = await tx
      .selectFrom('secretVersions')
      .where('folderId', '=', target.folder.id)
      .where('key', '=', versionKey)
      .where('version', '=', version)
      .where('deleted', '=', 0)
      .selectAll()
      .executeTakeFirst()
    // Under another name it has to be one of this very secret.
    if (!old || (versionKey !== key && old.secretId !== present?.id))
      throw new NotFound(
        `Version ${version} of secret "${versionKey}" not found in ${input.environment}:${input.secretPath}`,
      )
    const then = writtenThen(target, await tagsBySlug(tx, target.projectId), old)
    if (then.value === undefined) throw new BadRequest(`Version ${version} of ${key} cannot be decrypted`)
    const { secrets, written } = await putSecrets(ctx, tx, actor, target, [{ present, key, ...then }])
    const warnings = await checkReferences(ctx, tx, target, secrets)
    if (written.size > 0) {
      markChanged(target.folder.id)
      await audit(ctx, tx, actor, 'secret.restore-version', target.projectId, {
        ...placeOf(target),
        key,
        from: version,
      })
    }
    return { key, version: secrets[0]?.row.version ?? version, warnings: [...warnings.values()].flat() }
  })
}

/**
 * Takes the secrets of a folder back to how they were at a time, comments, tags and metadata included: with `dryRun`
 * only says what that would change. Folders below and imports stay as they are. With `expected`, the hash of a preview,
 * it is refused when the outcome would be another one. Throws `NotFound`, `BadRequest`.
 */
export function restoreFolder(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.restoreFolder>,
): Promise<Restored> {
  const at = new Date(input.at).toISOString()
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const target = await openForWriting(ctx, tx, input)
    const then = await stateAt(tx, target.folder.id, at)
    const rows = await tx.selectFrom('secrets').where('folderId', '=', target.folder.id).selectAll().execute()
    const tags = await tagsBySlug(tx, target.projectId)
    const tagIds = await tagIdsOf(
      tx,
      rows.map(({ id }) => id),
    )
    const { puts, drops, ...shown } = difference(target, rows, then, { tags, tagIds })
    if (input.expected !== undefined && input.expected !== shown.hash)
      throw new BadRequest('The folder has changed since the preview. Review it again.')
    if (input.dryRun || shown.changes.length === 0) return shown
    await deleteSecretRows(ctx, tx, actor, target, drops)
    const { secrets } = await putSecrets(ctx, tx, actor, target, puts)
    await checkReferences(ctx, tx, target, secrets)
    markChanged(target.folder.id)
    await audit(ctx, tx, actor, 'folder.restore-time', target.projectId, {
      ...placeOf(target),
      at,
      written: puts.map((put) => put.key),
      deleted: drops.map((row) => row.key),
    })
    return shown
  })
}

/**
 * The versions that were present then, by key. A secret that was renamed is under the name it had. The values of the
 * versions in between stay in the store: there may be hundreds of each secret.
 */
async function stateAt(tx: Tx, folderId: string, at: string): Promise<Map<string, Version>> {
  const rows = await tx
    .selectFrom('secretVersions')
    .innerJoin(
      (eb) =>
        eb
          .selectFrom('secretVersions')
          .where('folderId', '=', folderId)
          .where('createdAt', '<=', at)
          .groupBy(['folderId', 'secretId'])
          .select((of) => ['folderId', 'secretId', of.fn.max('version').as('version')])
          .as('last'),
      (join) =>
        join
          .onRef('last.folderId', '=', 'secretVersions.folderId')
          .onRef('last.secretId', '=', 'secretVersions.secretId')
          .onRef('last.version', '=', 'secretVersions.version'),
    )
    .where('deleted', '=', 0)
    .selectAll('secretVersions')
    .execute()
  return new Map(rows.map((row) => [row.key, row]))
}

function difference(
  target: Target,
  rows: readonly SecretRow[],
  then: ReadonlyMap<string, Version>,
  { tags, tagIds }: { tags: ReadonlyMap<string, ShownTag>; tagIds: ReadonlyMap<string, readonly string[]> },
): Restored & { puts: Put[]; drops: SecretRow[] } {
  const present = new Map(rows.map((row) => [row.key, row]))
  const changes: Restored['changes'] = []
  const unrestorable: Restored['unrestorable'] = []
  const puts: Put[] = []
  const drops: SecretRow[] = []
  let unchanged = 0
  for (const key of [...new Set([...present.keys(), ...then.keys()])].sort()) {
    const [row, old] = [present.get(key), then.get(key)]
    if (!old) {
      if (!row) continue
      drops.push(row)
      changes.push({ key, action: 'delete', version: null })
      continue
    }
    const was = writtenThen(target, tags, old)
    if (was.value === undefined) unrestorable.push({ key, reason: `version ${old.version} cannot be decrypted` })
    else if (row && says({ ...openSecret(target, row), isLiteral: row.isLiteral === 1 }, tagIds.get(row.id) ?? [], was))
      unchanged++
    else {
      puts.push({ present: row, key, ...was })
      changes.push({ key, action: row ? 'update' : 'create', version: old.version })
    }
  }
  const state = changes.map(({ key, action, version }) => [key, action, version, present.get(key)?.version ?? null])
  const hash = createHash('sha256').update(JSON.stringify(state)).digest('hex')
  return { changes, unrestorable, unchanged, hash, puts, drops }
}

type Then = Pick<Put, 'value' | 'isLiteral' | 'comment' | 'metadata' | 'tagIds'>

/**
 * A secret as a version has it. What was not kept then, or cannot be opened, is left out; tags that are gone stay gone.
 */
function writtenThen({ key, projectId }: Target, tags: ReadonlyMap<string, ShownTag>, version: Version): Then {
  const { comment, metadata } = version
  const slugs: string[] | null = version.tags === null ? null : JSON.parse(version.tags)
  return {
    value: openValue(key, projectId, version) ?? undefined,
    isLiteral: version.isLiteral === 1,
    comment: comment === null ? undefined : openComment(key, projectId, { ...version, comment }),
    metadata: metadata === null ? undefined : openMetadata(key, projectId, { ...version, metadata }),
    tagIds: slugs?.flatMap((slug) => tags.get(slug)?.id ?? []),
  }
}

function says(
  now: ReturnType<typeof openSecret> & { isLiteral: boolean },
  tagIds: readonly string[],
  then: Then,
): boolean {
  return (
    now.value === then.value &&
    now.isLiteral === then.isLiteral &&
    (then.comment === undefined || then.comment === now.comment) &&
    (then.metadata === undefined || JSON.stringify(then.metadata) === JSON.stringify(now.metadata)) &&
    (then.tagIds === undefined || then.tagIds.toSorted().join() === tagIds.toSorted().join())
  )
}
