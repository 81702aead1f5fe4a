/** A folder opened for writing: what its transaction holds, and who waits for it. */
import type { Context, DataKey, Tx } from '@keyferry/kernel'
import { lockProject, shareProject } from '../../keys/project-key.ts'
import { findFolder, findFolderById, holdFolder, type FolderOfProject, type Located } from '../../tree/find-folder.ts'

/** A folder opened for writing, until the transaction ends. */
export interface Target extends Located {
  projectId: string
  key: DataKey
}

/** The folder as a row of the audit log names it. */
export const placeOf = ({ environment, folder }: Located) => ({
  environment: environment.slug,
  secretPath: folder.path,
})

/** Throws `NotFound` naming what is missing. */
export async function openForWriting(ctx: Context, tx: Tx, where: Where): Promise<Target> {
  const key = await lockProject(ctx, tx, where.projectId)
  return { ...(await find(tx, where)), projectId: where.projectId, key }
}

/**
 * The same for values that refer to nothing, under the keys they have: only writers of the same folder wait for each
 * other, so that a project's folders can be filled at once. Throws `NotFound`.
 */
export async function openForPlainValues(ctx: Context, tx: Tx, where: Where): Promise<Target> {
  const key = await shareProject(ctx, tx, where.projectId)
  return { ...(await holdFolder(tx, where)), projectId: where.projectId, key }
}

/** A place, or the folder itself: what stands at a place may be another folder once the lock is there. */
type Where = { projectId: string; environment: string; secretPath: string } | FolderOfProject

const find = (tx: Tx, where: Where): Promise<Located> =>
  'folderId' in where ? findFolderById(tx, where) : findFolder(tx, where)
