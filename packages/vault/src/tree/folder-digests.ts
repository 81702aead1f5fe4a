import { timeSlice } from '@keyferry/db'
import { budget, type Context, type Tx } from '@keyferry/kernel'
import { isWithin } from '@keyferry/schemas/secret-path'
import { projectKey } from '../keys/project-key.ts'
import { findFolder, foldersBelow } from './find-folder.ts'
import { loadTree, openValue } from './tree.ts'

/** Bytes that a key takes in an answer, and while it is compared. */
const FRAME_BYTES = 100

/** By path, then by key. */
export type FolderDigests = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * What two values are compared by, without showing them: reads the own secrets of a folder and of those below it in one
 * environment after the other, within one budget. An environment without the folder has none. Throws `NotFound` for an
 * unknown environment, and `TooLarge`.
 */
export async function digestReader(ctx: Context, tx: Tx, projectId: string) {
  const key = await projectKey(ctx, tx, projectId)
  const spend = budget(ctx.limits)
  const slice = timeSlice()
  return async (environment: string, secretPath: string): Promise<FolderDigests> => {
    await findFolder(tx, { projectId, environment, secretPath: '/' })
    const located = await findFolder(tx, { projectId, environment, secretPath }).catch(() => null)
    if (!located) return new Map()
    const { folders } = await loadTree(ctx, tx, [located.folder.id, ...(await foldersBelow(tx, located))], 'alone')
    const inside = [...folders.values()].filter(
      (folder) => folder.environment === environment && isWithin(folder.path, secretPath),
    )
    const found = new Map<string, Map<string, string>>()
    for (const folder of inside) {
      const digests = new Map<string, string>()
      found.set(folder.path, digests)
      for (const [name, row] of folder.secrets) {
        if (slice.isOver()) await slice.rest()
        spend(FRAME_BYTES)
        digests.set(name, key.digest('compare', openValue(key, projectId, row) ?? `unreadable ${row.id}`))
      }
    }
    return found
  }
}
