import type { SecretVersionTable, Selectable } from '@keyferry/db'
import { budget, NotFound, snapshot, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type { secretVersion } from '@keyferry/schemas'
import type { z } from 'zod'
import { projectKey } from '../../keys/project-key.ts'
import { findFolder } from '../../tree/find-folder.ts'
import { tagsBySlug } from '../../tree/tags.ts'
import { openComment, openMetadata } from '../../tree/tree.ts'

/**
 * What was ever written under a name in this folder, and under the earlier names of the secret that has it now, newest
 * first. Never a value. Throws `NotFound` for a place that does not exist and for a name that was never used.
 */
export async function listSecretVersions(
  ctx: Context,
  _actor: Actor,
  input: { projectId: string; environment: string; secretPath: string; key: string },
): Promise<z.output<typeof secretVersion>[]> {
  const { projectId } = input
  const { rows, key, tags } = await snapshot(ctx, async (tx) => {
    const { folder } = await findFolder(tx, input)
    return {
      rows: await versionsOf(tx, folder.id, input.key),
      key: await projectKey(ctx, tx, projectId),
      tags: await tagsBySlug(tx, projectId),
    }
  })
  if (rows.length === 0)
    throw new NotFound(`Secret with name "${input.key}" not found in ${input.environment}:${input.secretPath}`)
  const spend = budget(ctx.limits)
  return rows.map((row) => {
    const { comment, metadata } = row
    spend((comment?.length ?? 0) + (metadata?.length ?? 0))
    const slugs: string[] | null = row.tags === null ? null : JSON.parse(row.tags)
    return {
      key: row.key,
      version: row.version,
      deleted: row.deleted === 1,
      comment: comment === null ? null : openComment(key, projectId, { ...row, comment }),
      metadata: metadata === null ? null : openMetadata(key, projectId, { ...row, metadata }),
      tags: slugs?.map((slug) => tags.get(slug)?.name ?? slug) ?? null,
      createdAt: row.createdAt,
      createdBy: row.createdBy,
    }
  })
}

async function versionsOf(tx: Tx, folderId: string, name: string): Promise<Selectable<SecretVersionTable>[]> {
  const present = await tx
    .selectFrom('secrets')
    .where('folderId', '=', folderId)
    .where('key', '=', name)
    .select('id')
    .executeTakeFirst()
  const inFolder = tx.selectFrom('secretVersions').where('folderId', '=', folderId).selectAll()
  const named = inFolder.where('key', '=', name)
  // Not as one condition: the store would look for either through everything that was ever written in the folder.
  const all = present ? named.unionAll(inFolder.where('secretId', '=', present.id).where('key', '!=', name)) : named
  return all.orderBy('version', 'desc').orderBy('createdAt', 'desc').orderBy('key').execute()
}
