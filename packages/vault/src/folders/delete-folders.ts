import { chunks } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'
import { deletePages, PAGE, PAGE_OF_SMALL_ROWS } from '../tree/pages.ts'

/**
 * Deletes folders and what is in them page by page; a cascade would be one statement. No sync may read them any more.
 */
export async function deleteFolders(tx: Tx, folderIds: readonly string[]): Promise<void> {
  for (const ids of chunks(folderIds)) {
    await deletePages(() =>
      tx
        .deleteFrom('references')
        .where(({ eb, refTuple, selectFrom }) =>
          eb(
            refTuple('secretId', 'environmentSlug', 'path', 'key'),
            'in',
            selectFrom('references')
              .where('folderId', 'in', ids)
              .select(['secretId', 'environmentSlug', 'path', 'key'])
              .limit(PAGE_OF_SMALL_ROWS)
              .$asTuple('secretId', 'environmentSlug', 'path', 'key'),
          ),
        )
        .executeTakeFirstOrThrow(),
    )
    await deletePages(() =>
      tx
        .deleteFrom('secretTags')
        .where(({ eb, refTuple, selectFrom }) =>
          eb(
            refTuple('secretId', 'tagId'),
            'in',
            selectFrom('secretTags')
              .innerJoin('secrets', 'secrets.id', 'secretTags.secretId')
              .where('secrets.folderId', 'in', ids)
              .select(['secretTags.secretId', 'secretTags.tagId'])
              .limit(PAGE_OF_SMALL_ROWS)
              .$asTuple('secretId', 'tagId'),
          ),
        )
        .executeTakeFirstOrThrow(),
    )
    for (const table of ['secrets', 'secretVersions'] as const)
      await deletePages(() =>
        tx
          .deleteFrom(table)
          .where('id', 'in', tx.selectFrom(table).where('folderId', 'in', ids).select('id').limit(PAGE))
          .executeTakeFirstOrThrow(),
      )
  }
  for (const ids of chunks(await deepestFirst(tx, folderIds)))
    await tx.deleteFrom('folders').where('id', 'in', ids).execute()
}

async function deepestFirst(tx: Tx, folderIds: readonly string[]): Promise<string[]> {
  const folders: { id: string; path: string }[] = []
  for (const ids of chunks(folderIds))
    for (const folder of await tx.selectFrom('folders').where('id', 'in', ids).select(['id', 'path']).execute())
      folders.push(folder)
  return folders.sort((a, b) => b.path.length - a.path.length).map(({ id }) => id)
}
