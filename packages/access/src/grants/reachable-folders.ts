import { inList, batchLoader, type Db } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'
import type { Resource } from '@keyferry/schemas/policy'
import { referencesFrom } from './references-from.ts'

type FolderResource = Extract<Resource, { kind: 'folder' }> & { folderId: string }

/**
 * Every folder whose values can show through those of `folderIds`: they, what they import, and what their values refer
 * to, transitively.
 */
export async function reachableFolders(db: Db | Tx, folderIds: readonly string[]): Promise<FolderResource[]> {
  const edges = await edgesBehind(db, folderIds)
  return placesOf(db, [...closure(edges, folderIds)])
}

/** The ids of them, for one folder. */
export const reachableFolderIds = batchLoader(async (db: Db | Tx, folderIds: readonly string[]) => {
  const edges = await edgesBehind(db, folderIds)
  return (folderId) => [...closure(edges, [folderId])]
})

/** The folders that each folder at or behind `folderIds` imports or refers to. */
async function edgesBehind(db: Db | Tx, folderIds: readonly string[]): Promise<Map<string, string[]>> {
  const edges = new Map<string, string[]>()
  let frontier = [...new Set(folderIds)]
  while (frontier.length > 0) {
    for (const id of frontier) edges.set(id, [])
    const found = await referencesFrom(db, frontier, 'references')
    for (const { folderId, reachedId } of found) edges.get(folderId)?.push(reachedId)
    frontier = [...new Set(found.map(({ reachedId }) => reachedId))].filter((id) => !edges.has(id))
  }
  return edges
}

function closure(edges: ReadonlyMap<string, readonly string[]>, from: readonly string[]): Set<string> {
  const reached = new Set(from)
  for (const id of reached) for (const next of edges.get(id) ?? []) reached.add(next)
  return reached
}

/** Where folders are now; those that are gone are left out. */
export async function placesOf(db: Db | Tx, folderIds: readonly string[]): Promise<FolderResource[]> {
  if (folderIds.length === 0) return []
  const rows = await db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where((eb) => inList(db, eb.ref('folders.id'), folderIds))
    .select(['folders.id as folderId', 'environments.projectId', 'environments.slug as environment', 'folders.path'])
    .execute()
  return rows.map((row) => ({ kind: 'folder', ...row }))
}
