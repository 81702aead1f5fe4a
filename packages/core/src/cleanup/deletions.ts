/** Folders, environments and projects that wait until the syncs that read them have taken back what they wrote. */
import { perform } from '@keyferry/access'
import type { DeletionTable } from '@keyferry/db'
import {
  audit,
  BadRequest,
  Forbidden,
  maintain,
  NotFound,
  OutOfReach,
  SYSTEM,
  transact,
  type Actor,
  type Context,
} from '@keyferry/kernel'
import { environmentVerbs, folderVerbs, projectVerbs } from '@keyferry/vault/verbs'
import type { Selectable } from 'kysely'

type Deletion = Selectable<DeletionTable>

/**
 * Carries out every deletion that waits for nobody any more. One whose sync stays, because its target refused or because somebody
 * made another one meanwhile, is given up: the folder is still read. So is one whose actor may no longer ask for it. Safe to call at any time,
 * from any process.
 */
export async function completeDeletions(ctx: Context): Promise<void> {
  const deletions = await ctx.db.selectFrom('deletions').selectAll().orderBy('createdAt').execute()
  for (const deletion of deletions) {
    const folderIds = await foldersOf(ctx, deletion)
    const readers =
      folderIds.length === 0
        ? []
        : await ctx.db.selectFrom('syncs').where('folderId', 'in', folderIds).select(['name', 'removal']).execute()
    const staying = readers.filter((sync) => sync.removal !== 'delete').map((sync) => sync.name)
    if (staying.length > 0) await giveUp(ctx, deletion, `read by ${staying.join(', ')}`)
    else if (readers.length === 0) await carryOut(ctx, deletion)
  }
}

async function carryOut(ctx: Context, deletion: Deletion): Promise<void> {
  const { projectId, subjectId } = deletion
  const actor: Actor = JSON.parse(deletion.actor)
  const call = { ctx, actor }
  // Refused right before; the verbs below have transactions of their own.
  await maintain(ctx, () => Promise.resolve())
  try {
    if (deletion.kind === 'project') await perform(projectVerbs.delete, call, { projectId })
    else if (deletion.kind === 'environment')
      await perform(environmentVerbs.delete, call, { projectId, environmentId: subjectId })
    else {
      const { slug, path } = await ctx.db
        .selectFrom('folders')
        .innerJoin('environments', 'environments.id', 'folders.environmentId')
        .where('folders.id', '=', subjectId)
        .select(['environments.slug', 'folders.path'])
        .executeTakeFirstOrThrow(() => new NotFound('The folder is gone'))
      const parent = path.slice(0, path.lastIndexOf('/')) || '/'
      const input = { projectId, environment: slug, path: parent, folderIdOrName: subjectId }
      await perform(folderVerbs.delete, call, input)
    }
    await forget(ctx, deletion)
  } catch (error) {
    if ((error instanceof Forbidden || error instanceof OutOfReach) && (await isThere(ctx, deletion)))
      await giveUp(ctx, deletion, `${actor.name} may no longer delete it`)
    // Gone already: another process, or a person, was faster.
    else if (error instanceof NotFound) await forget(ctx, deletion)
    else if (error instanceof BadRequest) await giveUp(ctx, deletion, error.message)
    else throw error
  }
}

async function isThere({ db }: Context, { kind, subjectId }: Deletion): Promise<boolean> {
  const table = `${kind}s` as const
  return (await db.selectFrom(table).where('id', '=', subjectId).select('id').executeTakeFirst()) !== undefined
}

/** Every folder that goes with it. */
export async function foldersOf(
  ctx: Context,
  { kind, subjectId }: Pick<Deletion, 'kind' | 'subjectId'>,
): Promise<string[]> {
  const folders = ctx.db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .select(['folders.id', 'folders.path'])
  if (kind === 'project') return ids(await folders.where('environments.projectId', '=', subjectId).execute())
  if (kind === 'environment') return ids(await folders.where('environments.id', '=', subjectId).execute())
  const top = await ctx.db
    .selectFrom('folders')
    .where('id', '=', subjectId)
    .select(['path', 'environmentId'])
    .executeTakeFirst()
  if (!top) return []
  const beside = await folders.where('environments.id', '=', top.environmentId).execute()
  return ids(beside.filter(({ path }) => path === top.path || path.startsWith(`${top.path}/`)))
}

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id)

async function forget(ctx: Context, { id }: Deletion): Promise<void> {
  await ctx.db.deleteFrom('deletions').where('id', '=', id).execute()
}

async function giveUp(ctx: Context, { id, kind, projectId, subjectId }: Deletion, because: string): Promise<void> {
  await transact(ctx, async (tx) => {
    const { numDeletedRows } = await tx.deleteFrom('deletions').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows > 0n)
      await audit(ctx, tx, SYSTEM, `${kind}.delete-given-up`, projectId, { id: subjectId, because })
  })
}
