import { randomUUID } from 'node:crypto'
import { refusal } from '@keyferry/access'
import { amend, timeSlice, type FolderTable, type Selectable } from '@keyferry/db'
import { audit, BadRequest, NotFound, timestamp, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { allows } from '@keyferry/schemas/policy'
import { isBelow, joinPath, movedPath, nameOf, namesOf, parentOf, ROOT } from '@keyferry/schemas/secret-path'
import type { z } from 'zod'
import { lockProject } from '../keys/project-key.ts'
import { refuseWhileInUse } from '../references/in-use.ts'
import { rewriteReferences } from '../secrets/write/rewrite-references.ts'
import { trashFolder } from '../trash/trash-writes.ts'
import { withVaultTransaction } from '../tree/vault-transaction.ts'
import { describeFolder, describeFolders } from './describe-folder.ts'
import { byPath, findEnvironment, findFolder, foldersIn } from '../tree/find-folder.ts'
import { refuseLongPath } from '../tree/path-length.ts'
import { refuseBeyond } from '../tree/quotas.ts'
import { refuseTaken } from '../tree/refuse-taken.ts'
import { dependentsOf } from '../tree/dependents.ts'
import { deleteFolders } from './delete-folders.ts'

type Folder = z.output<typeof schemas.folder>
type OwnFolder = z.output<typeof schemas.ownFolder>
type FolderRow = Selectable<FolderTable>

/**
 * The folders in a folder, by path; with `recursive` all below it, each with its path from there. Nothing for an
 * unknown path, as Infisical answers. Throws `NotFound` for an unknown environment.
 */
export async function listFolders(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof schemas.listFolders>,
): Promise<Folder[]> {
  const environment = await findEnvironment(ctx.db, input)
  const all = await foldersIn(ctx.db, environment.id)
  const parent = all.find((folder) => folder.path === input.path)
  if (!parent) return []
  const listed = all
    .filter((folder) => (input.recursive ? isBelow(folder.path, parent.path) : folder.parentId === parent.id))
    .sort(byPath)
  return (await describeFolders(ctx.db, listed)).map((folder) => ({
    ...folder,
    ...(input.recursive
      ? { relativePath: parent.path === '/' ? folder.path : folder.path.slice(parent.path.length) }
      : {}),
  }))
}

/** Throws `NotFound`. */
export async function getFolder(ctx: Context, _actor: Actor, input: { folderId: string }): Promise<OwnFolder> {
  const row = await ctx.db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', '=', input.folderId)
    .selectAll('folders')
    .select(['environments.projectId', 'environments.name as environmentName', 'environments.slug'])
    .executeTakeFirst()
  if (!row) throw new NotFound(`Folder with ID ${input.folderId} not found`)
  const environment = { id: row.environmentId, name: row.environmentName, slug: row.slug }
  return { ...(await describeFolder(ctx.db, row)), projectId: row.projectId, environment }
}

/** Throws `NotFound` naming what is missing. */
export async function getFolderByPath(
  ctx: Context,
  actor: Actor,
  { path, ...place }: z.output<typeof schemas.folderByPath>,
): Promise<OwnFolder> {
  const { folder } = await findFolder(ctx.db, { ...place, secretPath: path })
  return getFolder(ctx, actor, { folderId: folder.id })
}

/**
 * Creates a folder, and those on the way to it that are missing. One that exists is answered as it is, because clients
 * repeat the request before they write. Throws `NotFound` for an unknown environment, `Forbidden` for a missing folder
 * on the way where the caller may not write.
 */
export function createFolder(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createFolder>,
): Promise<Folder> {
  return withVaultTransaction(ctx, actor, async (tx) => {
    const { projectId, name, description = null } = input
    await lockProject(ctx, tx, projectId)
    const environment = await findEnvironment(tx, input)
    const paths = [...pathsTo(input.path), joinPath(input.path, name)]
    const present = await tx
      .selectFrom('folders')
      .where('environmentId', '=', environment.id)
      .where('path', 'in', [ROOT, ...paths])
      .selectAll()
      .execute()
    const known = new Map(present.map((folder) => [folder.path, folder]))
    const missing = paths.filter((path) => !known.has(path))
    for (const path of missing) {
      refuseUnwritable(ctx, { projectId, environment: environment.slug, path })
      refuseLongPath(path)
    }
    if (missing.length > 0) await refuseBeyond(ctx, tx, projectId, 'folders', missing.length)
    const at = timestamp(ctx)
    for (const path of missing) {
      const row: FolderRow = {
        id: randomUUID(),
        environmentId: environment.id,
        parentId: get(known, parentOf(path)).id,
        name: nameOf(path),
        path,
        description: path === paths.at(-1) ? description : null,
        revision: 0,
        secretsHead: null,
        createdAt: at,
        updatedAt: at,
      }
      await tx.insertInto('folders').values(row).execute()
      await audit(ctx, tx, actor, 'folder.create', projectId, { environment: environment.slug, path })
      known.set(path, row)
    }
    return describeFolder(tx, get(known, joinPath(input.path, name)))
  })
}

/** The paths of the folders from below the root to `path`, outermost first. */
const pathsTo = (path: string): string[] =>
  namesOf(path).map((_, index, names) => `/${names.slice(0, index + 1).join('/')}`)

function get(folders: ReadonlyMap<string, FolderRow>, path: string): FolderRow {
  const folder = folders.get(path)
  if (!folder) throw new Error(`The folder ${path} was neither found nor created`)
  return folder
}

/** The verb requires write access at the folder and its parent; folders further out are known here only. */
function refuseUnwritable({ caller }: Context, at: { projectId: string; environment: string; path: string }): void {
  const place = { kind: 'folder' as const, ...at }
  if (caller && !allows(caller.access, 'secrets.write', place)) throw refusal('secrets.write', place)
}

/**
 * Renames a folder, and with it the path of everything below. Imports and syncs follow, because they hold the folder
 * itself; references are rewritten, and those that already used the new path are mended: readers of both are marked as
 * changed. Throws `NotFound`, and `BadRequest` for the root folder, a taken name, a path that is too long, or naming
 * secrets that would get another value.
 */
export function updateFolder(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.updateFolder>,
): Promise<Folder> {
  return withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const key = await lockProject(ctx, tx, input.projectId)
    let rewritten: string[] = []
    const environment = await findEnvironment(tx, input)
    const all = await foldersIn(tx, environment.id)
    const folder = all.find((candidate) => candidate.id === input.folderId)
    if (!folder) throw new NotFound(`Folder with ID ${input.folderId} not found in environment "${environment.slug}"`)
    if (folder.path === ROOT) throw new BadRequest('The root folder cannot be renamed')
    const path = joinPath(parentOf(folder.path), input.name)
    const description = input.description === undefined ? folder.description : input.description
    const at = timestamp(ctx)
    if (path !== folder.path) {
      await refuseTaken(tx, environment, path)
      const inside = [folder, ...all.filter((candidate) => isBelow(candidate.path, folder.path))]
      for (const id of await dependentsOf(
        tx,
        inside.map(({ id }) => id),
      ))
        markChanged(id)
      const renamed = (old: string): string => movedPath(old, folder.path, path)
      for (const one of inside) refuseLongPath(renamed(one.path), one.path)
      const moving = {
        folders: new Map(inside.map((one) => [one.id, { environment: environment.slug, path: renamed(one.path) }])),
      }
      const followed = await rewriteReferences(
        { ctx, tx, actor, project: { projectId: input.projectId, key }, markChanged },
        moving,
        async () => {
          const slice = timeSlice()
          for (const { id, path: old } of inside) {
            if (slice.isOver()) await slice.rest()
            await amend(tx, 'folders', id, { path: renamed(old), ...(id === folder.id ? { name: input.name } : {}) })
          }
        },
      )
      rewritten = followed.rewritten
    }
    await tx.updateTable('folders').set({ description, updatedAt: at }).where('id', '=', folder.id).execute()
    await audit(ctx, tx, actor, 'folder.update', input.projectId, {
      environment: environment.slug,
      from: folder.path,
      path,
      ...(rewritten.length > 0 ? { rewritten } : {}),
    })
    return describeFolder(tx, { ...folder, name: input.name, path, description, updatedAt: at })
  })
}

/**
 * Deletes a folder, found by id or by its name in `path`, with all it holds. `syncs` says what becomes of those that
 * read it; under `remove-secrets` the folder is deleted after their keys, and the answer says `pending`. Throws
 * `NotFound`, and `BadRequest` for the root folder, while a folder elsewhere imports from it, and naming the syncs
 * under `refuse`.
 */
export async function deleteFolder(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.deleteFolder>,
): Promise<Folder> {
  const { deleted, released } = await withVaultTransaction(ctx, actor, async (tx, markChanged) => {
    const key = await lockProject(ctx, tx, input.projectId)
    const environment = await findEnvironment(tx, input)
    const all = await foldersIn(tx, environment.id)
    const path = joinPath(input.path, input.folderIdOrName)
    const folder = all.find(({ id }) => id === input.folderIdOrName) ?? all.find((candidate) => candidate.path === path)
    if (!folder) throw new NotFound(`Folder with path "${path}" not found in environment "${environment.slug}"`)
    if (folder.path === ROOT) throw new BadRequest('The root folder cannot be deleted')
    const inside = [folder, ...all.filter((candidate) => isBelow(candidate.path, folder.path))].map(({ id }) => id)
    const { projectId, syncs } = input
    const what = `Folder "${folder.path}" in environment "${environment.slug}"`
    const deleting = { what, kind: 'folder' as const, subjectId: folder.id, projectId, folderIds: inside, syncs }
    await refuseWhileInUse(ctx, tx, deleting)
    const released = await ctx.hooks.onFoldersDelete(ctx, tx, actor, deleting)
    const deleted = await describeFolder(tx, folder)
    if (released.pending) return { deleted, released }
    const gone = new Set(inside)
    for (const id of await dependentsOf(tx, inside)) if (!gone.has(id)) markChanged(id)
    await trashFolder(ctx, tx, actor, { projectId, key }, inside)
    await deleteFolders(tx, inside)
    await audit(ctx, tx, actor, 'folder.delete', input.projectId, { environment: environment.slug, path: folder.path })
    return { deleted, released }
  })
  await released.afterCommit()
  return { ...deleted, pending: released.pending }
}
