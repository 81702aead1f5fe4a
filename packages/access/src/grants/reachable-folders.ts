import { inList, batchLoader, type Db } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'
import type { Resource } from '@keyferry/schemas/policy'
import { referencesFrom, type FolderLink } from './references-from.ts'

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
  const edges = new Map<string, string[]>(folderIds.map((id) => [id, []]))
  for (const { folderId, reachedId } of await folderLinks(db, folderIds)) {
    const behind = edges.get(folderId)
    if (behind) behind.push(reachedId)
    else edges.set(folderId, [reachedId])
  }
  return edges
}

/**
 * The imports and references of `folderIds` and of all folders behind them. One statement of each kind for every step
 * of the longest way.
 */
export async function folderLinks(db: Db | Tx, folderIds: readonly string[]): Promise<FolderLink[]> {
  const links: FolderLink[] = []
  const seen = new Set(folderIds)
  let frontier = [...seen]
  while (frontier.length > 0) {
    const found = await referencesFrom(db, frontier, 'references')
    links.push(...found)
    frontier = [...new Set(found.map(({ reachedId }) => reachedId))].filter((id) => !seen.has(id))
    for (const id of frontier) seen.add(id)
  }
  return links
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
