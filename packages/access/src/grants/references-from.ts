import { inList, keptQuery, type Db, type Slot } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'

/** `folderId` imports or refers to `reachedId`. */
export interface FolderLink {
  folderId: string
  reachedId: string
  kind: 'import' | 'reference'
}

/**
 * What folders are made of, one step on: the folders that they import, the last import of each first, and `through`
 * references, those that their values refer to. Not one statement: what is united is not checked.
 */
export async function referencesFrom(
  db: Db | Tx,
  folderIds: readonly string[],
  through: 'imports' | 'references',
): Promise<FolderLink[]> {
  const imports = await imported(db, { folderIds })
  const references = through === 'references' ? await referenced(db, { folderIds }) : []
  return [
    ...imports.map((edge) => ({ ...edge, kind: 'import' as const })),
    ...references.map((edge) => ({ ...edge, kind: 'reference' as const })),
  ]
}

type From = { folderIds: readonly string[] }

const imported = keptQuery((db, slot: Slot<From>) =>
  db
    .selectFrom('imports')
    .where((eb) => inList(db, eb.ref('folderId'), slot('folderIds')))
    .select(['folderId', 'sourceFolderId as reachedId'])
    .orderBy('position', 'desc'),
)

const referenced = keptQuery((db, slot: Slot<From>) =>
  db
    .selectFrom('references')
    .innerJoin('environments', (join) =>
      join
        .onRef('environments.projectId', '=', 'references.projectId')
        .onRef('environments.slug', '=', 'references.environmentSlug'),
    )
    .innerJoin('folders', (join) =>
      join.onRef('folders.environmentId', '=', 'environments.id').onRef('folders.path', '=', 'references.path'),
    )
    .where((eb) => inList(db, eb.ref('references.folderId'), slot('folderIds')))
    .select(['references.folderId', 'folders.id as reachedId'])
    .distinct(),
)
