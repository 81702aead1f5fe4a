/** What is in the trash, brought back into its folders. */
import {
  chunks,
  type ImportTable,
  type ReferenceTable,
  type SecretTable,
  type SecretTagTable,
  type SecretVersionTable,
} from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'
import { makeHead } from '@keyferry/kernel/authority'
import type { Selectable } from 'kysely'
import { charge } from '../tree/quotas.ts'
import { openOrNull } from '../tree/tree.ts'
import { sizeOf } from './prune-versions.ts'
import { contentsOf, presentTags, trashRowsOf, type KeptItem } from './trash-contents.ts'
import { resealTrashRow } from './trash-rows.ts'

/**
 * Brings back what was in folders that are there again, sealed with the present key. Returns what stays away: imports
 * whose source is gone. Tags that are gone stay away without a word.
 */
export async function restoreContents(item: KeptItem, projectId: string): Promise<string[]> {
  const { ctx, tx, key } = item
  const withPresentKey = (sealed: string, belongsTo: readonly string[]): string => {
    // The key may have been rotated since, and what older generations sealed is opened for the last time.
    const text = key.isCurrent(sealed) ? null : openOrNull(key, sealed, belongsTo)
    return text === null ? sealed : key.seal(text, ...belongsTo)
  }
  const leftOut: string[] = []
  const filled = new Set<string>()
  for await (const page of trashRowsOf(item)) {
    const rows = page.map((row) => ({ ...row, content: resealTrashRow(row, withPresentKey, projectId) }))
    // Rows that were deleted by an older Keyferry lack what it did not know of.
    const secrets = contentsOf<Selectable<SecretTable>>(rows, 'secret').map((row) => ({
      ...row,
      metadata: row.metadata ?? '',
    }))
    charge(tx, projectId, { adds: true, secrets: secrets.length, freed: true })
    for (const some of chunks(secrets, sizeOf)) await tx.insertInto('secrets').values(some).execute()
    for (const { folderId } of secrets) filled.add(folderId)
    const versions = contentsOf<Selectable<SecretVersionTable>>(rows, 'version').map((row) => ({
      ...row,
      comment: row.comment ?? null,
      metadata: row.metadata ?? null,
      tags: row.tags ?? null,
      counted: 1,
      textsCounted: 1,
    }))
    for (const some of chunks(versions, sizeOf)) await tx.insertInto('secretVersions').values(some).execute()
    const references = contentsOf<Selectable<ReferenceTable>>(rows, 'reference')
    if (references.length > 0) await tx.insertInto('references').values(references).execute()
    await retag(tx, contentsOf<Selectable<SecretTagTable>>(rows, 'tag'))
    const imports = contentsOf<Selectable<ImportTable>>(rows, 'import')
    for (const { folderId } of imports) filled.add(folderId)
    leftOut.push(...(await reimport(tx, imports)))
  }
  // Texts may be sealed again, and imports stay away.
  for (const id of filled) await makeHead(ctx, tx, { key, projectId, folder: { id } })
  return leftOut
}

async function reimport(tx: Tx, imports: readonly Selectable<ImportTable>[]): Promise<string[]> {
  const leftOut: string[] = []
  for (const row of imports) {
    const source = await tx.selectFrom('folders').where('id', '=', row.sourceFolderId).select('id').executeTakeFirst()
    if (source)
      await tx
        .insertInto('imports')
        .values({ ...row, counted: 1 })
        .execute()
    else leftOut.push(`an import of a deleted folder`)
  }
  return leftOut
}

async function retag(tx: Tx, rows: readonly Selectable<SecretTagTable>[]): Promise<void> {
  const known = new Set(
    await presentTags(
      tx,
      rows.map((row) => row.tagId),
    ),
  )
  const kept = rows.filter((row) => known.has(row.tagId))
  if (kept.length > 0) await tx.insertInto('secretTags').values(kept).execute()
}
