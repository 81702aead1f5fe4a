import { isAmong, type Db } from '@keyferry/db'
import { sql } from 'kysely'
import type { Tx } from '../context.ts'

/**
 * What folders are made of, one step on: the folders that they import and, `through` references, those that their values refer to. One statement.
 * `position`: among the imports, the last one first; null for a reference.
 */
export const edgesFrom = (db: Db | Tx, folderIds: readonly string[], through: 'imports' | 'references') =>
  imported(db, folderIds)
    .$if(through === 'references', (query) => query.unionAll(referenced(db, folderIds)))
    .orderBy('position', 'desc')

const imported = (db: Db | Tx, folderIds: readonly string[]) =>
  db
    .selectFrom('imports')
    .where((eb) => isAmong(db, eb.ref('folderId'), folderIds))
    .select(['folderId', 'sourceFolderId as reachedId', sql<number | null>`position`.as('position')])

const referenced = (db: Db | Tx, folderIds: readonly string[]) =>
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
    .where((eb) => isAmong(db, eb.ref('references.folderId'), folderIds))
    .select([
      'references.folderId',
      'folders.id as reachedId',
      sql<number | null>`cast(null as integer)`.as('position'),
    ])
    .distinct()
