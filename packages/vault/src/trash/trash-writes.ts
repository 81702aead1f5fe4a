/** Putting deleted secrets and folders into the trash, in the transaction that deletes them. */
import { randomUUID } from 'node:crypto'
import { chunks, timeSlice, type TrashTable } from '@keyferry/db'
import { DAY_MS, timestamp, type Actor, type Context, type DataKey, type Tx } from '@keyferry/kernel'
import { trashMark } from '@keyferry/kernel/authority'
import { parentOf } from '@keyferry/schemas/secret-path'
import type { Insertable } from 'kysely'
import type { Located } from '../tree/find-folder.ts'
import { charge } from '../tree/quotas.ts'
import { tagIdsOf } from '../tree/tags.ts'
import type { SecretRow } from '../tree/tree.ts'
import { contentsOfFolders, countSecrets, type Kept } from './trash-contents.ts'

export const TRASH_DAYS = 30

/** Before secrets are deleted, in the same transaction: keeps each of them. */
export async function trashSecrets(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { projectId, key, folder, environment }: Located & Owned,
  rows: readonly SecretRow[],
): Promise<void> {
  const tags = await tagIdsOf(
    tx,
    rows.map((row) => row.id),
  )
  const slice = timeSlice()
  for (const row of rows) {
    if (slice.isOver()) await slice.rest()
    const kept: Kept[] = [
      { kind: 'secret', content: row },
      ...(tags.get(row.id) ?? []).map((tagId): Kept => ({ kind: 'tag', content: { secretId: row.id, tagId } })),
    ]
    const about = {
      projectId,
      environmentId: environment.id,
      kind: 'secret' as const,
      folderId: folder.id,
      subjectId: row.id,
      path: folder.path,
    }
    await putInTrash(ctx, tx, actor, { ...about, key, name: row.key, secrets: 1 }, [kept])
  }
}

/** Before a folder is deleted, in the same transaction: keeps it with everything below. `folderIds`: itself first. */
export async function trashFolder(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { projectId, key }: Owned,
  folderIds: readonly string[],
): Promise<void> {
  const [top] = await tx
    .selectFrom('folders')
    .where('id', '=', folderIds[0] ?? '')
    .selectAll()
    .execute()
  if (!top?.parentId) return
  const path = parentOf(top.path)
  const about = {
    projectId,
    environmentId: top.environmentId,
    kind: 'folder' as const,
    folderId: top.parentId,
    subjectId: top.id,
    path,
  }
  const secrets = await countSecrets(tx, folderIds)
  await putInTrash(ctx, tx, actor, { ...about, key, name: top.name, secrets }, contentsOfFolders(tx, folderIds))
  charge(tx, projectId, { secrets: -secrets, freed: true })
}

/** The project that something is deleted from, with its data key. */
interface Owned {
  projectId: string
  key: DataKey
}

type About = Pick<
  Insertable<TrashTable>,
  'projectId' | 'environmentId' | 'kind' | 'folderId' | 'subjectId' | 'path' | 'name' | 'secrets'
>

/** Writes an item of the trash with its rows, a page at a time. */
export async function putInTrash(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  { key, ...about }: About & { key: DataKey },
  pages: AsyncIterable<readonly Kept[]> | Iterable<readonly Kept[]>,
): Promise<void> {
  const id = randomUUID()
  const deletedAt = timestamp(ctx)
  const expiresAt = new Date(ctx.now().getTime() + TRASH_DAYS * DAY_MS).toISOString()
  await tx
    .insertInto('trash')
    .values({ ...about, id, deletedAt, deletedBy: actor.name, expiresAt })
    .execute()
  let position = 0
  for await (const { page, isEnd } of withEnd(pages)) {
    const rows = page.map(({ kind, content }, at) => {
      const row = { trashId: id, position: position++, kind, content: JSON.stringify(content) }
      return { ...row, mark: trashMark(key, row, { isLast: isEnd && at === page.length - 1 }) }
    })
    charge(tx, about.projectId, { bytes: rows.reduce((sum, { content }) => sum + content.length, 0) })
    for (const some of chunks(rows, ({ content }) => content.length))
      await tx.insertInto('trashRows').values(some).execute()
  }
}

/** Each page, and whether it is the last that has something. */
async function* withEnd<T>(
  pages: AsyncIterable<readonly T[]> | Iterable<readonly T[]>,
): AsyncGenerator<{ page: readonly T[]; isEnd: boolean }> {
  let before: readonly T[] = []
  for await (const page of pages) {
    if (page.length === 0) continue
    if (before.length > 0) yield { page: before, isEnd: false }
    before = page
  }
  if (before.length > 0) yield { page: before, isEnd: true }
}
