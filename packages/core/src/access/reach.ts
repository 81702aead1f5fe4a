import type { Db } from '@keyferry/db'
import { allows, type Access, type Place } from '@keyferry/schemas/policy'
import type { Context, Tx } from '../context.ts'
import { edgesFrom } from '../vault/edges.ts'

type FolderPlace = Extract<Place, { kind: 'folder' }> & { folderId: string }

/** Every folder whose values can show through those of `folderIds`: they, what they import, and what their values refer to, transitively. */
export async function reachOf(db: Db | Tx, folderIds: readonly string[]): Promise<FolderPlace[]> {
  const reached = new Set(folderIds)
  let frontier = [...reached]
  while (frontier.length > 0) {
    const edges = await edgesFrom(db, frontier, 'references').execute()
    frontier = [...new Set(edges.map(({ reachedId }) => reachedId))].filter((id) => !reached.has(id))
    for (const id of frontier) reached.add(id)
  }
  return placesOf(db, [...reached])
}

async function placesOf(db: Db | Tx, folderIds: readonly string[]): Promise<FolderPlace[]> {
  if (folderIds.length === 0) return []
  const rows = await db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', 'in', folderIds)
    .select(['folders.id as folderId', 'environments.projectId', 'environments.slug as environment', 'folders.path'])
    .execute()
  return rows.map((row) => ({ kind: 'folder', ...row }))
}

/** The first folder behind `folderIds` whose values `access` may not read; null when it may read all. Free for whoever may read the whole project. */
export async function unreadable(
  db: Context['db'] | Tx,
  access: Access,
  projectId: string,
  folderIds: readonly string[],
): Promise<FolderPlace | null> {
  if (allows(access, 'secrets.read-values', { kind: 'project', projectId })) return null
  const places = await reachOf(db, folderIds)
  return places.find((place) => !allows(access, 'secrets.read-values', place)) ?? null
}
