import type { Tx } from '@keyferry/kernel'

/**
 * The folders whose map can change when `folderIds` change: themselves, those that import them, and those with a secret
 * that references a key in them; transitively. Costs what it touches: every step is an index look-up.
 */
export async function dependentsOf(tx: Tx, folderIds: readonly string[]): Promise<string[]> {
  const reached = new Set(folderIds)
  let frontier = [...reached]
  while (frontier.length > 0) {
    const importers = await tx
      .selectFrom('imports')
      .where('sourceFolderId', 'in', frontier)
      .select('folderId')
      .distinct()
      .execute()
    const referrers = await tx
      .selectFrom('folders')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .innerJoin('references', (join) =>
        join
          .onRef('references.projectId', '=', 'environments.projectId')
          .onRef('references.environmentSlug', '=', 'environments.slug')
          .onRef('references.path', '=', 'folders.path'),
      )
      .where('folders.id', 'in', frontier)
      .select('references.folderId')
      .distinct()
      .execute()
    frontier = [...importers, ...referrers].map((row) => row.folderId).filter((id) => !reached.has(id))
    for (const id of frontier) reached.add(id)
  }
  return [...reached]
}
