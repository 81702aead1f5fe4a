/** Environments that were deleted and may come back for a while, with everything in them. */
import { timeSlice, type EnvironmentTable } from '@keyferry/db'
import {
  audit,
  BadRequest,
  NotFound,
  timestamp,
  type Actor,
  type Context,
  type DataKey,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import { lockProject } from '../keys/project-key.ts'
import { refuseFaultsThrough } from '../references/check-references.ts'
import { restoreContents } from '../trash/restore-contents.ts'
import {
  contentsOfFolders,
  countSecrets,
  deleteTrash,
  keptOf,
  type FolderContent,
  type Kept,
} from '../trash/trash-contents.ts'
import { putInTrash } from '../trash/trash-writes.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { refuseBeyond, charge } from '../tree/quotas.ts'
import { dependentsOf } from '../tree/dependents.ts'

type Row = Selectable<EnvironmentTable>
type Deleted = z.output<typeof schemas.deletedEnvironment>

/**
 * Before an environment is deleted, in the same transaction: keeps it. What was deleted in it before stays in the trash
 * beside it.
 */
export async function keepEnvironment(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { key, environment }: { key: DataKey; environment: Row },
  folderIds: readonly string[],
): Promise<void> {
  const { id, projectId, slug: name } = environment
  const about = { projectId, environmentId: id, kind: 'environment' as const, folderId: '', subjectId: id, path: '/' }
  const secrets = await countSecrets(tx, folderIds)
  await putInTrash(ctx, tx, actor, { ...about, key, name, secrets }, withContents(tx, environment, folderIds))
  charge(tx, projectId, { secrets: -secrets, freed: true })
}

async function* withContents(tx: Tx, environment: Row, folderIds: readonly string[]): AsyncGenerator<Kept[]> {
  yield [{ kind: 'environment', content: environment }]
  yield* contentsOfFolders(tx, folderIds)
}

/** The latest thousand, latest first. */
export async function listDeletedEnvironments(
  ctx: Context,
  _actor: Actor,
  { projectId }: { projectId: string },
): Promise<Deleted[]> {
  return ctx.db
    .selectFrom('trash')
    .where('projectId', '=', projectId)
    .where('kind', '=', 'environment')
    .where('expiresAt', '>', timestamp(ctx))
    .select(['id', 'name as slug', 'secrets', 'deletedAt', 'deletedBy', 'expiresAt'])
    .orderBy('deletedAt', 'desc')
    .orderBy('id')
    .limit(1000)
    .execute()
}

/**
 * Brings an environment back as it was, the last in order; its syncs do not come back. Imports whose source is gone
 * stay away, and are named. Throws `NotFound`, and `BadRequest` when its slug is taken.
 */
export function restoreEnvironment(
  ctx: Context,
  actor: Actor,
  { projectId, trashId }: { projectId: string; trashId: string },
): Promise<z.output<typeof schemas.restoredEnvironment>> {
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const key = await lockProject(ctx, tx, projectId)
    const item = await tx
      .selectFrom('trash')
      .where('id', '=', trashId)
      .where('projectId', '=', projectId)
      .where('kind', '=', 'environment')
      .where('expiresAt', '>', timestamp(ctx))
      .select('id')
      .executeTakeFirst()
    if (!item) throw new NotFound(`There is no deleted environment with the id ${trashId} in this project`)
    const kept = { ctx, tx, key, trashId }
    const [environment] = await keptOf<Row>(kept, 'environment')
    if (!environment) throw new Error('a deleted environment was kept without its row')
    const others = await tx.selectFrom('environments').where('projectId', '=', projectId).select('slug').execute()
    if (others.some(({ slug }) => slug === environment.slug))
      throw new BadRequest(`Environment slug "${environment.slug}" is taken by now. Rename that environment first.`)
    const position = others.length + 1
    await tx
      .insertInto('environments')
      .values({ ...environment, position, updatedAt: timestamp(ctx) })
      .execute()
    const folders = await keptOf<FolderContent>(kept, 'folder')
    await refuseBeyond(ctx, tx, projectId, 'folders', folders.length)
    const slice = timeSlice()
    for (const folder of folders) {
      if (slice.isOver()) await slice.rest()
      await tx.insertInto('folders').values(folder).execute()
    }
    const leftOut = await restoreContents(kept, projectId)
    await refuseFaultsThrough(
      ctx,
      tx,
      { projectId, key },
      folders.map(({ id }) => id),
    )
    for (const id of await dependentsOf(
      tx,
      folders.map(({ id }) => id),
    ))
      markChanged(id)
    await deleteTrash(tx, [trashId])
    const { id, name, slug } = environment
    await audit(ctx, tx, actor, 'environment.restore', projectId, { name, slug })
    return { environment: { id, name, slug, position }, leftOut }
  })
}
