/** Which folders read which. Costs what it touches: every step is an index look-up. */
import { inList, keptQuery, type Slot } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'

/**
 * The folders whose map can change when `folderIds` change: themselves, those that import them, and those with a secret
 * that references a key in them; transitively.
 */
export const dependentsOf = (tx: Tx, folderIds: readonly string[]): Promise<string[]> =>
  closure(folderIds, async (ids) => [...(await importing(tx, { ids })), ...(await referring(tx, { ids }))])

/** A folder and those that import it, directly or not. */
export const importersOf = (tx: Tx, folderId: string): Promise<string[]> =>
  closure([folderId], (ids) => importing(tx, { ids }))

async function closure(
  folderIds: readonly string[],
  next: (ids: readonly string[]) => Promise<{ folderId: string }[]>,
): Promise<string[]> {
  const reached = new Set(folderIds)
  let frontier = [...reached]
  while (frontier.length > 0) {
    frontier = (await next(frontier)).map((row) => row.folderId).filter((id) => !reached.has(id))
    for (const id of frontier) reached.add(id)
  }
  return [...reached]
}

interface Ids {
  ids: readonly string[]
}

const importing = keptQuery((db, slot: Slot<Ids>) =>
  db
    .selectFrom('imports')
    .where(({ ref }) => inList(db, ref('sourceFolderId'), slot('ids')))
    .select('folderId')
    .distinct(),
)

const referring = keptQuery((db, slot: Slot<Ids>) =>
  db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('references', (join) =>
      join
        .onRef('references.projectId', '=', 'environments.projectId')
        .onRef('references.environmentSlug', '=', 'environments.slug')
        .onRef('references.path', '=', 'folders.path'),
    )
    .where(({ ref }) => inList(db, ref('folders.id'), slot('ids')))
    .select('references.folderId')
    .distinct(),
)
