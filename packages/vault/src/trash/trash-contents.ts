/** What is in folders, kept row by row as it is. */
import {
  chunks,
  type ReferenceTable,
  type SecretTable,
  type SecretTagTable,
  type SecretVersionTable,
  type TrashRowTable,
} from '@keyferry/db'
import type { Context, DataKey, Tx } from '@keyferry/kernel'
import { trashMarked } from '@keyferry/kernel/authority'
import type { Selectable } from 'kysely'
import { deletePages, PAGE, PAGE_OF_SMALL_ROWS, pagesOf } from '../tree/pages.ts'

type Kind = Selectable<TrashRowTable>['kind']
export type TrashRow = Selectable<TrashRowTable>
/** A row on its way into the trash. */
export type Kept = { kind: Kind; content: unknown }

export interface FolderContent {
  id: string
  environmentId: string
  parentId: string | null
  name: string
  path: string
  description: string | null
  revision: number
  /** It says how often the folder was written. Folders that were deleted by an older Keyferry have none. */
  secretsHead?: string | null
  createdAt: string
  updatedAt: string
}

/**
 * Everything in these folders, and themselves, in pages: folders first, parents before children. That is the order they
 * come back in.
 */
export async function* contentsOfFolders(tx: Tx, folderIds: readonly string[]): AsyncGenerator<Kept[]> {
  const folders: FolderContent[] = []
  for (const ids of chunks(folderIds))
    for (const folder of await tx.selectFrom('folders').where('id', 'in', ids).selectAll().execute())
      folders.push(folder)
  folders.sort((a, b) => a.path.length - b.path.length)
  for (const some of chunks(folders)) yield asKept('folder', some)
  for (const ids of chunks(folderIds)) {
    for await (const secrets of secretsIn(tx, ids)) {
      yield asKept('secret', secrets)
      const secretIds = secrets.map(({ id }) => id)
      for await (const references of referencesOf(tx, secretIds)) yield asKept('reference', references)
      for await (const tags of tagsOf(tx, secretIds)) yield asKept('tag', tags)
    }
    for await (const versions of versionsIn(tx, ids)) yield asKept('version', versions)
    const imports = await tx.selectFrom('imports').where('folderId', 'in', ids).selectAll().execute()
    for (const some of chunks(imports)) yield asKept('import', some)
  }
}

const asKept = (kind: Kind, rows: readonly unknown[]): Kept[] => rows.map((content) => ({ kind, content }))

const secretsIn = (tx: Tx, folderIds: readonly string[]) =>
  pagesOf<Selectable<SecretTable>>((after) =>
    tx
      .selectFrom('secrets')
      .where('folderId', 'in', folderIds)
      .$call((query) =>
        after === undefined
          ? query
          : query.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('folderId', 'key'), '>', tuple(after.folderId, after.key)),
            ),
      )
      .orderBy('folderId')
      .orderBy('key')
      .limit(PAGE)
      .selectAll()
      .execute(),
  )

const versionsIn = (tx: Tx, folderIds: readonly string[]) =>
  pagesOf<Selectable<SecretVersionTable>>((after) =>
    tx
      .selectFrom('secretVersions')
      .where('folderId', 'in', folderIds)
      .$call((query) =>
        after === undefined
          ? query
          : query.where(({ eb, refTuple, tuple }) =>
              eb(
                refTuple('folderId', 'key', 'version', 'id'),
                '>',
                tuple(after.folderId, after.key, after.version, after.id),
              ),
            ),
      )
      .orderBy('folderId')
      .orderBy('key')
      .orderBy('version')
      .orderBy('id')
      .limit(PAGE)
      .selectAll()
      .execute(),
  )

const referencesOf = (tx: Tx, secretIds: readonly string[]) =>
  pagesOf<Selectable<ReferenceTable>>((after) =>
    tx
      .selectFrom('references')
      .where('secretId', 'in', secretIds)
      .$call((query) =>
        after === undefined
          ? query
          : query.where(({ eb, refTuple, tuple }) =>
              eb(
                refTuple('secretId', 'environmentSlug', 'path', 'key'),
                '>',
                tuple(after.secretId, after.environmentSlug, after.path, after.key),
              ),
            ),
      )
      .orderBy('secretId')
      .orderBy('environmentSlug')
      .orderBy('path')
      .orderBy('key')
      .limit(PAGE_OF_SMALL_ROWS)
      .selectAll()
      .execute(),
  )

const tagsOf = (tx: Tx, secretIds: readonly string[]) =>
  pagesOf<Selectable<SecretTagTable>>((after) =>
    tx
      .selectFrom('secretTags')
      .where('secretId', 'in', secretIds)
      .$call((query) =>
        after === undefined
          ? query
          : query.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('secretId', 'tagId'), '>', tuple(after.secretId, after.tagId)),
            ),
      )
      .orderBy('secretId')
      .orderBy('tagId')
      .limit(PAGE_OF_SMALL_ROWS)
      .selectAll()
      .execute(),
  )

/** How many secrets are in these folders. */
export async function countSecrets(tx: Tx, folderIds: readonly string[]): Promise<number> {
  let count = 0
  for (const ids of chunks(folderIds)) {
    const { secrets } = await tx
      .selectFrom('secrets')
      .where('folderId', 'in', ids)
      .select((eb) => eb.fn.countAll<number | string>().as('secrets'))
      .executeTakeFirstOrThrow()
    count += Number(secrets)
  }
  return count
}

/** An item of the trash that is read by a writer, with the data key of its project. */
export interface KeptItem {
  ctx: Context
  tx: Tx
  key: DataKey
  trashId: string
}

/**
 * The rows of an item of the trash, in the order they come back in. Throws `IntegrityBroken` when they are not all
 * those that were written.
 */
export async function* trashRowsOf(item: KeptItem): AsyncGenerator<TrashRow[]> {
  const { tx, trashId } = item
  const order = orderOf(item)
  const pages = pagesOf<TrashRow>((after) =>
    tx
      .selectFrom('trashRows')
      .where('trashId', '=', trashId)
      .where('position', '>', after?.position ?? -1)
      .orderBy('position')
      .limit(PAGE)
      .selectAll()
      .execute(),
  )
  for await (const rows of pages) {
    for (const row of rows) order.check(row)
    yield rows
  }
  order.end()
}

/** The same of items that have few rows each, such as single secrets: those of many in one statement. */
export async function rowsOfSmallItems(
  from: Omit<KeptItem, 'trashId'>,
  trashIds: readonly string[],
): Promise<TrashRow[]> {
  const found: TrashRow[] = []
  for (const ids of chunks(trashIds)) {
    const rows = await from.tx
      .selectFrom('trashRows')
      .where('trashId', 'in', ids)
      .orderBy('trashId')
      .orderBy('position')
      .selectAll()
      .execute()
    const byItem = Map.groupBy(rows, ({ trashId }) => trashId)
    for (const trashId of ids) {
      const order = orderOf({ ...from, trashId })
      for (const row of byItem.get(trashId) ?? []) order.check(row)
      order.end()
    }
    found.push(...rows)
  }
  return found
}

/** Checks the rows of an item one after the other, and at the end that all were there. Throws `IntegrityBroken`. */
function orderOf(item: KeptItem): { check: (row: TrashRow) => void; end: () => void } {
  const refuse = () => item.ctx.authority.refused('trashRows', item.trashId)
  let expected = 0
  let isEnd = false
  return {
    check(row) {
      if (isEnd || row.position !== expected++) refuse()
      isEnd = checked(item, row).isLast
    },
    end() {
      if (!isEnd) refuse()
    },
  }
}

function checked({ ctx, key, trashId }: KeptItem, row: TrashRow): { isLast: boolean } {
  const marked = trashMarked(key, row)
  if (!marked) ctx.authority.refused('trashRows', trashId)
  return marked ?? { isLast: false }
}

/**
 * What an item of the trash has of one kind, such as its folders, parents first. Throws `IntegrityBroken` when one was
 * changed, and when there are none.
 */
export async function keptOf<T>(item: KeptItem, kind: Kind): Promise<T[]> {
  const kept: T[] = []
  const pages = pagesOf<TrashRow>((after) =>
    item.tx
      .selectFrom('trashRows')
      .where('trashId', '=', item.trashId)
      .where('kind', '=', kind)
      .where('position', '>', after?.position ?? -1)
      .orderBy('position')
      .limit(PAGE_OF_SMALL_ROWS)
      .selectAll()
      .execute(),
  )
  for await (const rows of pages) {
    for (const row of rows) checked(item, row)
    for (const content of contentsOf<T>(rows, kind)) kept.push(content)
  }
  if (kept.length === 0) item.ctx.authority.refused('trashRows', item.trashId)
  return kept
}

/** Deletes items of the trash. Returns whether there were any. */
export async function deleteTrash(tx: Tx, trashIds: readonly string[]): Promise<boolean> {
  let deleted = 0n
  for (const ids of chunks(trashIds)) {
    await deletePages(() =>
      tx
        .deleteFrom('trashRows')
        .where(({ eb, refTuple, selectFrom }) =>
          eb(
            refTuple('trashId', 'position'),
            'in',
            selectFrom('trashRows')
              .where('trashId', 'in', ids)
              .select(['trashId', 'position'])
              .limit(PAGE)
              .$asTuple('trashId', 'position'),
          ),
        )
        .executeTakeFirstOrThrow(),
    )
    const { numDeletedRows } = await tx.deleteFrom('trash').where('id', 'in', ids).executeTakeFirstOrThrow()
    deleted += numDeletedRows
  }
  return deleted > 0n
}

/** Those of these tags that there still are. */
export async function presentTags(tx: Tx, tagIds: readonly string[]): Promise<string[]> {
  if (tagIds.length === 0) return []
  const rows = await tx.selectFrom('tags').where('id', 'in', tagIds).select('id').execute()
  return rows.map(({ id }) => id)
}

/** The rows were written here, so their shape is known. */
export function contentsOf<T>(rows: readonly { kind: Kind; content: string }[], kind: Kind): T[] {
  return rows
    .filter((row) => row.kind === kind)
    .map((row) => {
      const content: T = JSON.parse(row.content)
      return content
    })
}
