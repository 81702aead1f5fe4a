/** What is in folders, kept row by row as it is, and brought back. */
import type { ImportTable, ReferenceTable, SecretTable, SecretVersionTable, TrashRowTable } from '@keyferry/db'
import type { Selectable } from 'kysely'
import type { Tx } from '../context.ts'
import type { DataKey } from '../crypto/data-key.ts'
import { timeSlice } from '../time-slice.ts'
import { chunks } from './chunks.ts'
import { sizeOf } from './prune-versions.ts'
import { charge } from './quotas.ts'
import { resealTrashRow } from './trash-rows.ts'
import { openOrNull } from './tree.ts'

type Kind = Selectable<TrashRowTable>['kind']
type Row = Selectable<TrashRowTable>
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
  createdAt: string
  updatedAt: string
}

/** Everything in these folders, and themselves, parents first: that is the order they come back in. */
export async function collectFolders(tx: Tx, folderIds: readonly string[]): Promise<{ kept: Kept[]; secrets: number }> {
  const folders: FolderContent[] = []
  for (const ids of chunks(folderIds))
    folders.push(...(await tx.selectFrom('folders').where('id', 'in', ids).selectAll().execute()))
  folders.sort((a, b) => a.path.length - b.path.length)
  const kept = folders.map((content): Kept => ({ kind: 'folder', content }))
  let secrets = 0
  for (const ids of chunks(folderIds)) {
    const rows = await tx.selectFrom('secrets').where('folderId', 'in', ids).selectAll().execute()
    secrets += rows.length
    kept.push(...rows.map((content): Kept => ({ kind: 'secret', content })))
    const versions = await tx.selectFrom('secretVersions').where('folderId', 'in', ids).selectAll().execute()
    kept.push(...versions.map((content): Kept => ({ kind: 'version', content })))
    const imports = await tx.selectFrom('imports').where('folderId', 'in', ids).selectAll().execute()
    kept.push(...imports.map((content): Kept => ({ kind: 'import', content })))
    const references = await tx.selectFrom('references').where('folderId', 'in', ids).selectAll().execute()
    kept.push(...references.map((content): Kept => ({ kind: 'reference', content })))
    const tags = await tx
      .selectFrom('secretTags')
      .innerJoin('secrets', 'secrets.id', 'secretTags.secretId')
      .where('secrets.folderId', 'in', ids)
      .selectAll('secretTags')
      .execute()
    kept.push(...tags.map((content): Kept => ({ kind: 'tag', content })))
  }
  return { kept, secrets }
}

/**
 * Brings back what was in folders that are there again, sealed with the present key. Returns what stays away: imports whose source is gone. Tags
 * that are gone stay away without a word.
 */
export async function bringContents(
  tx: Tx,
  { projectId, key }: { projectId: string; key: DataKey },
  rows: readonly Row[],
): Promise<string[]> {
  const anew = (sealed: string, belongsTo: readonly string[]): string => {
    // The key may have been rotated since, and what older generations sealed is opened for the last time.
    const text = key.isPresent(sealed) ? null : openOrNull(key, sealed, belongsTo)
    return text === null ? sealed : key.seal(text, ...belongsTo)
  }
  const resealed = rows.map((row) => ({ ...row, content: resealTrashRow(row, anew, projectId) }))
  // Rows that were deleted by an older Keyferry lack what it did not know of.
  const secrets = contentsOf<Selectable<SecretTable>>(resealed, 'secret').map((row) => ({
    ...row,
    metadata: row.metadata ?? '',
  }))
  charge(tx, projectId, { adds: true, secrets: secrets.length, freed: true })
  const slice = timeSlice()
  for (const some of chunks(secrets, sizeOf)) {
    if (slice.isOver()) await slice.rest()
    await tx.insertInto('secrets').values(some).execute()
  }
  const versions = contentsOf<Selectable<SecretVersionTable>>(resealed, 'version').map((row) => ({
    ...row,
    comment: row.comment ?? null,
    metadata: row.metadata ?? null,
    tags: row.tags ?? null,
  }))
  for (const some of chunks(versions, sizeOf)) {
    if (slice.isOver()) await slice.rest()
    await tx.insertInto('secretVersions').values(some).execute()
  }
  for (const some of chunks(contentsOf<Selectable<ReferenceTable>>(rows, 'reference')))
    await tx.insertInto('references').values(some).execute()
  await retag(tx, contentsOf<{ secretId: string; tagId: string }>(rows, 'tag'))
  return reimport(tx, contentsOf<Selectable<ImportTable>>(rows, 'import'))
}

async function reimport(tx: Tx, imports: readonly Selectable<ImportTable>[]): Promise<string[]> {
  const leftOut: string[] = []
  const slice = timeSlice()
  for (const row of imports) {
    if (slice.isOver()) await slice.rest()
    const source = await tx.selectFrom('folders').where('id', '=', row.sourceFolderId).select('id').executeTakeFirst()
    if (source) await tx.insertInto('imports').values(row).execute()
    else leftOut.push(`an import of a folder that is gone`)
  }
  return leftOut
}

async function retag(tx: Tx, rows: readonly { secretId: string; tagId: string }[]): Promise<void> {
  for (const some of chunks(rows)) {
    const known = new Set(
      await presentTags(
        tx,
        some.map((row) => row.tagId),
      ),
    )
    const kept = some.filter((row) => known.has(row.tagId))
    if (kept.length > 0) await tx.insertInto('secretTags').values(kept).execute()
  }
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
