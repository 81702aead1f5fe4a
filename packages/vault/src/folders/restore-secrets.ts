/** Deleted secrets, brought back into the folder that they were in. */
import { chunks } from '@keyferry/db'
import {
  audit,
  BadRequest,
  hasReference,
  NotFound,
  timestamp,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type { restoredSecrets, restoreSecrets as input } from '@keyferry/schemas'
import type { z } from 'zod'
import { checkReferences } from '../references/check-references.ts'
import { openForWriting, placeOf, type Target } from '../secrets/write/folder-for-writing.ts'
import type { Opened } from '../secrets/write/next-secret.ts'
import { presentSecrets, putSecrets } from '../secrets/write/write.ts'
import { contentsOf, deleteTrash, presentTags, rowsOfSmallItems } from '../trash/trash-contents.ts'
import { charge } from '../tree/quotas.ts'
import { openComment, openMetadata, openValue, type SecretRow } from '../tree/tree.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'

/**
 * Brings back secrets of a folder by their keys, each as it was deleted last: all of them or, when something is thrown,
 * none. Those whose key exists again stay in the trash. Throws `NotFound` naming keys that are neither there nor in the
 * trash.
 */
export function restoreSecrets(
  ctx: Context,
  actor: Actor,
  { keys: asked, ...where }: z.output<typeof input>,
): Promise<z.output<typeof restoredSecrets>> {
  const keys = [...new Set(asked)]
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const target = await openForWriting(ctx, tx, where)
    const { environment, folder, projectId } = target
    const present = await presentSecrets(tx, folder.id, keys)
    const [taken, absent] = [keys.filter((key) => present.has(key)), keys.filter((key) => !present.has(key))]
    const deleted = await deletedLast(ctx, tx, folder.id, absent)
    const missing = absent.filter((key) => !deleted.has(key))
    if (missing.length > 0)
      throw new NotFound(`There is no deleted secret in ${environment.slug}:${folder.path} named ${missing.join(', ')}`)
    if (absent.length > 0) {
      const trashIds = [...deleted.values()]
      await bringSecrets(ctx, tx, actor, target, trashIds)
      markChanged(folder.id)
      await deleteTrash(tx, trashIds)
      await audit(ctx, tx, actor, 'secret.restore', projectId, { ...placeOf(target), keys: absent })
    }
    return { restored: absent, taken }
  })
}

/** By key, the item of the trash. */
async function deletedLast(
  ctx: Context,
  tx: Tx,
  folderId: string,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const some of chunks(keys)) {
    const rows = await tx
      .selectFrom('trash')
      .where('folderId', '=', folderId)
      .where('kind', '=', 'secret')
      .where('name', 'in', some)
      .where('expiresAt', '>', timestamp(ctx))
      .orderBy('deletedAt')
      .orderBy('id')
      .select(['id', 'name'])
      .execute()
    for (const { id, name } of rows) found.set(name, id)
  }
  return found
}

/** Items of the trash that are in memory at a time: each has a value, which may be long. */
const PORTION = 100

/**
 * Writes secrets from items of the trash into their folder, which has none of their keys. Throws `BadRequest` when a
 * key is taken, a value can't be decrypted or a reference may not be written.
 */
export async function bringSecrets(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  trashIds: readonly string[],
): Promise<void> {
  const referring: Opened[] = []
  for (let at = 0; at < trashIds.length; at += PORTION) {
    const secrets = await bringPortion(ctx, tx, actor, target, trashIds.slice(at, at + PORTION))
    for (const secret of secrets) if (hasReference(secret.value ?? '')) referring.push(secret)
  }
  await checkReferences(ctx, tx, target, referring)
}

async function bringPortion(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  target: Target,
  trashIds: readonly string[],
): Promise<Opened[]> {
  const { projectId, key } = target
  const rows = await rowsOfSmallItems({ ctx, tx, key }, trashIds)
  const kept = contentsOf<SecretRow>(rows, 'secret').map((row) => ({ ...row, metadata: row.metadata ?? '' }))
  if (kept.length !== trashIds.length) throw new Error('a deleted secret was kept without its row')
  const keys = kept.map((secret) => secret.key)
  const taken = [...(await presentSecrets(tx, target.folder.id, keys)).keys()]
  if (taken.length > 0) throw new BadRequest(`Secret already exists: ${taken.join(', ')}. Rename it first.`)
  const tags = contentsOf<{ secretId: string; tagId: string }>(rows, 'tag')
  const present = new Set(await presentTags(tx, [...new Set(tags.map(({ tagId }) => tagId))]))
  const tagsOf = Map.groupBy(tags, ({ secretId }) => secretId)
  const puts = kept.map((secret) => {
    const value = openValue(key, projectId, secret)
    if (value === null) throw new BadRequest(`The value of ${secret.key} cannot be decrypted`)
    return {
      present: undefined,
      key: secret.key,
      value,
      comment: openComment(key, projectId, secret),
      metadata: openMetadata(key, projectId, secret),
      skipMultilineEncoding: secret.skipMultilineEncoding === 1,
      isLiteral: secret.isLiteral === 1,
      tagIds: (tagsOf.get(secret.id) ?? []).map(({ tagId }) => tagId).filter((tagId) => present.has(tagId)),
    }
  })
  const { secrets } = await putSecrets(ctx, tx, actor, target, puts)
  // They leave the trash in this transaction.
  charge(tx, projectId, { bytes: -rows.reduce((sum, { content }) => sum + content.length, 0) })
  return secrets
}
