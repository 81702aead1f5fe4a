/** Sealing what a project's data key protects under its present generation, in batches, phase by phase. */
import type { KeyRotationTable } from '@keyferry/db'
import { DecryptionError, type DataKey, type Tx } from '@keyferry/kernel'
import { headedFolders, headSealedAs, resealHead, trashMark, trashMarked } from '@keyferry/kernel/authority'
import { associatedData, resealTrashRow } from '@keyferry/vault'
import type { Selectable } from 'kysely'
import { unreadableAt, type Unreadable } from './unreadable.ts'

/** Rows of one transaction are few, so that writers do not wait long. */
export const BATCH = 200

/**
 * Every column that a project's data key seals. One that is added here makes rotations that are under way begin again.
 */
export const COLUMNS = [
  'secrets.value',
  'secrets.comment',
  'secrets.metadata',
  'secret_versions.value',
  'secret_versions.comment',
  'secret_versions.metadata',
  'trash_rows.content',
  'trash_rows.mark',
  'folders.secrets_head',
].join(' ')

/** The phases in which something is sealed again, each with the next one. */
export const AFTER = { secrets: 'heads', heads: 'versions', versions: 'trash', trash: 'digests' } as const

type Batch = (tx: Tx, reseal: Reseal, at: Place, key: DataKey) => Promise<string[]>
/** `cursor`: the row that the last batch ended with; empty at first. */
type Place = Pick<Selectable<KeyRotationTable>, 'projectId' | 'cursor'>
/** The same text under the present generation. */
type Reseal = (sealed: string, belongsTo: readonly string[]) => string

/** Each seals the rows of a batch again, and resolves to where they are: fewer than `BATCH` are the last. */
const reseal: Record<keyof typeof AFTER, Batch> = {
  async secrets(tx, again, { projectId, cursor }, key) {
    const rows = await tx
      .selectFrom('secrets')
      .innerJoin('folders', 'folders.id', 'secrets.folderId')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', projectId)
      .where('secrets.id', '>', cursor)
      .orderBy('secrets.id')
      .limit(BATCH)
      .select(['secrets.id', 'secrets.folderId', 'secrets.key', 'secrets.version', 'secrets.value'])
      .select(['secrets.comment', 'secrets.metadata', 'secrets.isLiteral', 'secrets.skipMultilineEncoding'])
      .execute()
    for (const [id, before] of Map.groupBy(rows, ({ folderId }) => folderId)) {
      const after = before.map((row) => ({
        ...row,
        value: again(row.value, associatedData('secret', projectId, row)),
        comment: again(row.comment, associatedData('comment', projectId, row)),
        metadata: again(row.metadata, associatedData('metadata', projectId, row)),
      }))
      for (const { id, value, comment, metadata } of after)
        await tx.updateTable('secrets').set({ value, comment, metadata }).where('id', '=', id).execute()
      await resealHead(tx, { key, projectId, folder: { id } }, before, after)
    }
    return rows.map((row) => row.id)
  },
  async heads(tx, again, { projectId, cursor }) {
    const rows = await headedFolders(tx)
      .where('environments.projectId', '=', projectId)
      .where('folders.id', '>', cursor)
      .orderBy('folders.id')
      .limit(BATCH)
      .execute()
    for (const { id, secretsHead: sealed } of rows) {
      if (sealed === null) continue
      const secretsHead = again(sealed, headSealedAs(projectId, id))
      await tx.updateTable('folders').set({ secretsHead }).where('id', '=', id).execute()
    }
    return rows.map(({ id }) => id)
  },
  async versions(tx, again, { projectId, cursor }) {
    const rows = await tx
      .selectFrom('secretVersions')
      .innerJoin('folders', 'folders.id', 'secretVersions.folderId')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', projectId)
      .where('secretVersions.id', '>', cursor)
      .orderBy('secretVersions.id')
      .limit(BATCH)
      .select([
        'secretVersions.id',
        'secretVersions.folderId',
        'secretVersions.key',
        'secretVersions.version',
        'secretVersions.value',
        'secretVersions.comment',
        'secretVersions.metadata',
      ])
      .execute()
    for (const row of rows) {
      const value = again(row.value, associatedData('secret', projectId, row))
      const comment = row.comment && again(row.comment, associatedData('comment', projectId, row))
      const metadata = row.metadata && again(row.metadata, associatedData('metadata', projectId, row))
      await tx.updateTable('secretVersions').set({ value, comment, metadata }).where('id', '=', row.id).execute()
    }
    return rows.map((row) => row.id)
  },
  async trash(tx, again, { projectId, cursor }, key) {
    const [trashId = '', position = '-1'] = cursor.split(' ')
    const rows = await tx
      .selectFrom('trashRows')
      .innerJoin('trash', 'trash.id', 'trashRows.trashId')
      .where('trash.projectId', '=', projectId)
      .where((eb) =>
        eb.or([
          eb('trashId', '>', trashId),
          eb.and([eb('trashId', '=', trashId), eb('position', '>', Number(position))]),
        ]),
      )
      .orderBy('trashId')
      .orderBy('position')
      .limit(BATCH)
      .selectAll('trashRows')
      .execute()
    for (const row of rows) {
      const content = resealTrashRow(row, again, projectId)
      // One that was changed outside Keyferry gets no mark by this.
      const marked = trashMarked(key, row)
      const mark = marked ? trashMark(key, { ...row, content }, marked) : row.mark
      if (content === row.content && mark === row.mark) continue
      await tx
        .updateTable('trashRows')
        .set({ content, mark })
        .where('trashId', '=', row.trashId)
        .where('position', '=', row.position)
        .execute()
    }
    return rows.map((row) => `${row.trashId} ${row.position}`)
  },
}

/**
 * Seals the next batch of a phase again. Resolves to where its rows are, fewer than `BATCH` at the end, and to what
 * could not be decrypted.
 */
export async function resealBatch(
  tx: Tx,
  key: DataKey,
  phase: keyof typeof AFTER,
  at: Place,
): Promise<{ ids: string[]; unreadable: Unreadable[] }> {
  const unreadable: Unreadable[] = []
  return { ids: await reseal[phase](tx, resealer(key, unreadable), at, key), unreadable }
}

/** What cannot be opened stays as it is, and is added to `unreadable`. */
const resealer =
  (key: DataKey, unreadable: Unreadable[]): Reseal =>
  (sealed, belongsTo) => {
    if (sealed === '' || key.isCurrent(sealed)) return sealed
    try {
      return key.seal(key.open(sealed, ...belongsTo), ...belongsTo)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      unreadable.push(unreadableAt(belongsTo))
      return sealed
    }
  }
