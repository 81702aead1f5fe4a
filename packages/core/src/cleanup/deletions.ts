/** Folders, environments and projects that wait until the syncs that read them have removed what they wrote. */
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
import { isWithin, parentOf } from '@keyferry/schemas/secret-path'
import { environmentVerbs, folderVerbs, projectVerbs } from '@keyferry/vault/verbs'
import { sql, type Selectable } from 'kysely'

type Deletion = Selectable<DeletionTable>

/**
 * Carries out every deletion that waits for nobody any more. One whose sync stays, because its target refused or
 * because somebody made another one meanwhile, is given up: the folder is still read. So is one whose actor may no
 * longer ask for it. One that fails is logged, holds up no other, and stays for the next call. Safe to call at any
 * time, from any process.
 */
export async function completeDeletions(ctx: Context): Promise<void> {
  const deletions = await ctx.db.selectFrom('deletions').selectAll().orderBy('createdAt').orderBy('id').execute()
  for (const deletion of deletions) {
    try {
      await complete(ctx, deletion)
    } catch (error) {
      ctx.log.warn({ err: error, deletionId: deletion.id }, 'a deletion failed; it is tried again')
    }
  }
}

async function complete(ctx: Context, deletion: Deletion): Promise<void> {
  const folderIds = await foldersOf(ctx, deletion)
  const readers =
    folderIds.length === 0
      ? []
      : await ctx.db.selectFrom('syncs').where('folderId', 'in', folderIds).select(['name', 'removal']).execute()
  const staying = readers.filter((sync) => sync.removal !== 'delete').map((sync) => sync.name)
  if (staying.length > 0) await giveUp(ctx, deletion, `read by ${staying.join(', ')}`)
  else if (readers.length === 0) await carryOut(ctx, deletion)
}

async function carryOut(ctx: Context, deletion: Deletion): Promise<void> {
  const { projectId, subjectId } = deletion
  const subject = await subjectOf(ctx, deletion)
  const actor: Actor = JSON.parse(deletion.actor)
  const call = { ctx, actor }
  // Refused right before; the verbs below have transactions of their own.
  await maintain(ctx, () => Promise.resolve())
  try {
    if (deletion.kind === 'project') await perform(projectVerbs.delete, call, { projectId })
    else if (deletion.kind === 'environment')
      await perform(environmentVerbs.delete, call, { projectId, environmentId: subjectId })
    else {
      const { environment, secretPath } = subject
      if (environment === null || secretPath === null) throw new NotFound('The folder was deleted')
      const input = { projectId, environment, path: parentOf(secretPath), folderIdOrName: subjectId }
      await perform(folderVerbs.delete, call, input)
    }
    await forget(ctx, deletion, subject)
  } catch (error) {
    if ((error instanceof Forbidden || error instanceof OutOfReach) && (await isThere(ctx, deletion)))
      await giveUp(ctx, deletion, `${actor.name} may no longer delete it`)
    // Gone already: another process, or a person, was faster.
    else if (error instanceof NotFound) await forget(ctx, deletion, subject)
    else if (error instanceof BadRequest) await giveUp(ctx, deletion, error.message)
    else throw error
  }
}

async function isThere({ db }: Context, { kind, subjectId }: Deletion): Promise<boolean> {
  const table = `${kind}s` as const
  return (await db.selectFrom(table).where('id', '=', subjectId).select('id').executeTakeFirst()) !== undefined
}

/** Every folder that is deleted with it. */
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
  return ids(beside.filter(({ path }) => isWithin(path, top.path)))
}

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id)

interface Subject {
  /** Slug; null for a project, and for what is gone. */
  environment: string | null
  /** Null unless it is a folder. */
  secretPath: string | null
}

async function subjectOf({ db }: Context, { kind, subjectId }: Deletion): Promise<Subject> {
  const nothing = { environment: null, secretPath: null }
  if (kind === 'project') return nothing
  const environments = db.selectFrom('environments').select('environments.slug as environment')
  const found =
    kind === 'environment'
      ? environments.where('environments.id', '=', subjectId).select(sql<null>`null`.as('secretPath'))
      : environments
          .innerJoin('folders', 'folders.environmentId', 'environments.id')
          .where('folders.id', '=', subjectId)
          .select('folders.path as secretPath')
  return (await found.executeTakeFirst()) ?? nothing
}

async function forget(ctx: Context, deletion: Deletion, subject: Subject): Promise<void> {
  await ctx.db.deleteFrom('deletions').where('id', '=', deletion.id).execute()
  publishEnd(ctx, deletion, subject, 'deleted')
}

async function giveUp(ctx: Context, deletion: Deletion, because: string): Promise<void> {
  const { id, kind, projectId, subjectId } = deletion
  const subject = await subjectOf(ctx, deletion)
  const isGivenUp = await transact(ctx, async (tx) => {
    const { numDeletedRows } = await tx.deleteFrom('deletions').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows === 0n) return false
    await audit(ctx, tx, SYSTEM, `${kind}.delete-given-up`, projectId, { id: subjectId, because })
    return true
  })
  if (isGivenUp) publishEnd(ctx, deletion, subject, 'given-up')
}

function publishEnd(
  { events }: Context,
  { projectId, kind: subject, subjectId }: Deletion,
  place: Subject,
  outcome: 'deleted' | 'given-up',
): void {
  events.publish({ kind: 'deletion-ended', projectId, subject, subjectId, ...place, outcome })
}
