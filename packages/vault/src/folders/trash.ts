/**
 * What was deleted and may come back for a while. Rows are kept exactly as they were, sealed texts and ids included, so
 * a folder comes back as the same folder, with its versions, and opens nowhere else.
 */
import { timeSlice, type Selectable, type TrashTable } from '@keyferry/db'
import { audit, BadRequest, maintain, NotFound, timestamp, type Actor, type Context } from '@keyferry/kernel'
import type { trashed } from '@keyferry/schemas'
import { joinPath } from '@keyferry/schemas/secret-path'
import { sql } from 'kysely'
import type { z } from 'zod'
import { lockProject } from '../keys/project-key.ts'
import { refuseFaultsThrough } from '../references/check-references.ts'
import { namerOf, refuseFoldersOutOfReach } from '../references/out-of-reach.ts'
import type { Target } from '../secrets/write/folder-for-writing.ts'
import { restoreContents } from '../trash/restore-contents.ts'
import { deleteTrash, keptOf, type FolderContent, type KeptItem } from '../trash/trash-contents.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { refuseLongPath } from '../tree/path-length.ts'
import { refuseBeyond } from '../tree/quotas.ts'
import { dependentsOf } from '../tree/dependents.ts'
import { bringSecrets } from './restore-secrets.ts'

/** Deleted things that one list has at most. */
const LISTED = 1000

/**
 * Deleted secrets and folders that can still be restored, latest first, of folders that the caller may know. Never a
 * value.
 */
export async function listTrash(
  ctx: Context,
  _actor: Actor,
  input: { projectId: string; environment?: string | undefined },
): Promise<z.output<typeof trashed>[]> {
  const names = namerOf(ctx, input.projectId)
  const page = (before: { deletedAt: string; id: string } | undefined) =>
    ctx.db
      .selectFrom('trash')
      .innerJoin('environments', 'environments.id', 'trash.environmentId')
      .where('trash.projectId', '=', input.projectId)
      .where('trash.kind', '!=', 'environment')
      .where('trash.expiresAt', '>', timestamp(ctx))
      .$call((query) =>
        input.environment === undefined ? query : query.where('environments.slug', '=', input.environment),
      )
      .$call((query) =>
        before === undefined
          ? query
          : query.where(
              sql<boolean>`(${sql.ref('trash.deletedAt')}, ${sql.ref('trash.id')}) < (${before.deletedAt}, ${before.id})`,
            ),
      )
      .selectAll('trash')
      .select('environments.slug as environment')
      .orderBy('trash.deletedAt', 'desc')
      .orderBy('trash.id', 'desc')
      .limit(LISTED)
      .execute()
  const known: Awaited<ReturnType<typeof page>> = []
  for (let rows = await page(undefined); ; rows = await page(rows.at(-1))) {
    known.push(...rows.filter((row) => !names || names(placeOf(row))))
    if (known.length >= LISTED || rows.length < LISTED) break
  }
  return known
    .slice(0, LISTED)
    .map(({ id, kind, environment, path, name, secrets, deletedAt, deletedBy, expiresAt }) => ({
      id,
      kind: kind === 'secret' ? kind : 'folder',
      environment,
      secretPath: path,
      name,
      secrets,
      deletedAt,
      deletedBy,
      expiresAt,
    }))
}

/** The folder whose names tell of a deleted thing: the one that a secret was in, or the deleted folder. */
const placeOf = ({ kind, environment, path, name }: Selectable<TrashTable> & { environment: string }) => ({
  environment,
  path: kind === 'secret' ? path : joinPath(path, name),
})

/**
 * Brings a deleted secret or folder back to where it was; a folder that was renamed or moved meanwhile is still where
 * it was. Imports inside it whose source is gone stay away, and are named. Throws `NotFound`, and `BadRequest` when its
 * place is gone or its name is taken.
 */
export function restoreTrash(
  ctx: Context,
  actor: Actor,
  input: { projectId: string; environment: string; trashId: string },
): Promise<{ environment: string; secretPath: string; name: string; leftOut: string[] }> {
  const { projectId, trashId } = input
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const key = await lockProject(ctx, tx, projectId)
    const item = await tx
      .selectFrom('trash')
      .innerJoin('environments', 'environments.id', 'trash.environmentId')
      .where('trash.id', '=', trashId)
      .where('trash.projectId', '=', projectId)
      .where('trash.kind', '!=', 'environment')
      .where('trash.expiresAt', '>', timestamp(ctx))
      .where('environments.slug', '=', input.environment)
      .selectAll('trash')
      .select('environments.slug')
      .executeTakeFirst()
    if (!item)
      throw new NotFound(`There is nothing deleted with the id ${trashId} in environment "${input.environment}"`)
    const parent = await tx.selectFrom('folders').where('id', '=', item.folderId).selectAll().executeTakeFirst()
    if (!parent)
      throw new BadRequest(`Folder "${item.path}", which "${item.name}" was in, is deleted too. Restore that first.`)
    const environment = await tx
      .selectFrom('environments')
      .where('id', '=', parent.environmentId)
      .selectAll()
      .executeTakeFirstOrThrow()
    const target = { projectId, key, folder: parent, environment }
    let leftOut: string[] = []
    if (item.kind === 'secret') await bringSecrets(ctx, tx, actor, target, [trashId])
    else leftOut = await bringFolder(target, item.name, { ctx, tx, key, trashId }, markChanged)
    markChanged(parent.id)
    await deleteTrash(tx, [trashId])
    const where = { environment: environment.slug, secretPath: parent.path, name: item.name }
    await audit(ctx, tx, actor, item.kind === 'secret' ? 'secret.restore' : 'folder.restore', projectId, where)
    return { ...where, leftOut }
  })
}

async function bringFolder(
  { folder: parent, projectId, key }: Target,
  name: string,
  from: KeptItem,
  markChanged: (folderId: string) => void,
): Promise<string[]> {
  const { ctx, tx } = from
  const folders = await keptOf<FolderContent>(from, 'folder')
  const top = folders[0]
  if (!top) throw new Error('a deleted folder was kept without its row')
  await refuseBeyond(ctx, tx, projectId, 'folders', folders.length)
  const path = joinPath(parent.path, name)
  const taken = await tx
    .selectFrom('folders')
    .where('environmentId', '=', parent.environmentId)
    .where('path', '=', path)
    .select('id')
    .executeTakeFirst()
  if (taken) throw new BadRequest(`Folder with specified name already exists: "${path}". Rename it first.`)
  const slice = timeSlice()
  for (const folder of folders) {
    if (slice.isOver()) await slice.rest()
    const moved = { ...folder, environmentId: parent.environmentId, path: path + folder.path.slice(top.path.length) }
    refuseLongPath(moved.path, folder.path)
    await tx
      .insertInto('folders')
      .values({ ...moved, parentId: folder.id === top.id ? parent.id : folder.parentId })
      .execute()
  }
  const leftOut = await restoreContents(from, projectId)
  const ids = folders.map((folder) => folder.id)
  await refuseFoldersOutOfReach(ctx, tx, { projectId, key }, ids)
  await refuseFaultsThrough(ctx, tx, { projectId, key }, ids)
  for (const id of await dependentsOf(tx, ids)) markChanged(id)
  return leftOut
}

/**
 * Permanently deletes what was deleted more than thirty days ago. With a secret go the versions that hold its values;
 * the one that says deleted stays, so that its number is not given out twice. Safe to call at any time.
 */
export async function purgeTrash(ctx: Context): Promise<void> {
  const due = await ctx.db
    .selectFrom('trash')
    .where('expiresAt', '<=', timestamp(ctx))
    .select(['id', 'projectId', 'kind', 'subjectId'])
    .limit(1000)
    .execute()
  for (const item of due) {
    await maintain(ctx, async (tx) => {
      if (!(await deleteTrash(tx, [item.id]))) return
      await tx.updateTable('projectUse').set({ freed: 1 }).where('projectId', '=', item.projectId).execute()
      if (item.kind !== 'secret') return
      const present = await tx.selectFrom('secrets').where('id', '=', item.subjectId).select('id').executeTakeFirst()
      if (present) return
      await tx.deleteFrom('secretVersions').where('secretId', '=', item.subjectId).where('deleted', '=', 0).execute()
    })
  }
}
