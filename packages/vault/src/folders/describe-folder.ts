import { inList, type Db, type FolderTable, type Selectable } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'

type Folder = z.output<typeof schemas.folder>
type FolderRow = Selectable<FolderTable>

/** Folders of one environment as they are shown, in the same order. */
export async function describeFolders(db: Db | Tx, rows: readonly FolderRow[]): Promise<Folder[]> {
  const [first] = rows
  if (!first) return []
  const ids = rows.map(({ id }) => id)
  const changed = await db
    .selectFrom('secrets')
    .where((eb) => inList(db, eb.ref('folderId'), ids))
    .groupBy('folderId')
    .select((eb) => ['folderId', eb.fn.max('updatedAt').as('at')])
    .execute()
  const deleted = await db
    .selectFrom('trash')
    .where('kind', '=', 'secret')
    .where((eb) => inList(db, eb.ref('folderId'), ids))
    .groupBy('folderId')
    .select((eb) => ['folderId', eb.fn.max('deletedAt').as('at')])
    .execute()
  const times = new Map<string, string>()
  for (const { folderId, at } of [...changed, ...deleted]) if (at > (times.get(folderId) ?? '')) times.set(folderId, at)
  return rows.map((row) => ({
    id: row.id,
    name: row.path === '/' ? 'root' : row.name,
    envId: row.environmentId,
    parentId: row.parentId,
    path: row.path,
    version: row.revision + 1,
    description: row.description,
    secretsChangedAt: times.get(row.id) ?? null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }))
}

/** As the API answers it. */
export async function describeFolder(db: Db | Tx, row: FolderRow): Promise<Folder> {
  const [shown] = await describeFolders(db, [row])
  if (!shown) throw new Error('a folder is shown once')
  return shown
}
