/** Sealing what a project's data key protects under its present generation, in batches, phase by phase. */
import type { KeyRotationTable } from '@keyferry/db'
import { DecryptionError, type DataKey, type Tx } from '@keyferry/kernel'
import { headedFolders, headSealedAs, resealHead, trashMark, trashMarked } from '@keyferry/kernel/authority'
import { associatedData, resealTrashRow } from '@keyferry/vault'
import type { Selectable } from 'kysely'
import { unreadableAt, type Unreadable } from './unreadable.ts'

/** Rows of one transaction are few, so that writers do not wait long. */
const BATCH = 200
/** Rows of the store that a batch looks at for those of its project: each batch takes the same time, however many. */
const WINDOW = 2_000

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

type Batch = (tx: Tx, reseal: Reseal, at: Place, key: DataKey) => Promise<Sealed>
/** `cursor`: the row that the next batch comes after; null: there are no more. */
interface Sealed {
  rows: number
  cursor: string | null
}
/** `cursor`: the row that the last batch ended with; empty at first. */
type Place = Pick<Selectable<KeyRotationTable>, 'projectId' | 'cursor'>
/** The same text under the present generation. */
type Reseal = (sealed: string, belongsTo: readonly string[]) => string

/** Each seals the rows of a batch again, and resolves to where it ended. */
const reseal: Record<keyof typeof AFTER, Batch> = {
  async secrets(tx, again, { projectId, cursor }, key) {
    const next = await nextIds(tx, 'secrets', { projectId, cursor })
    if (next.ids.length === 0) return { rows: 0, cursor: next.cursor }
    const rows = await tx
      .selectFrom('secrets')
      .where('id', 'in', next.ids)
      .select(['id', 'folderId', 'key', 'version', 'value'])
      .select(['comment', 'metadata', 'isLiteral', 'skipMultilineEncoding'])
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
    return { rows: rows.length, cursor: next.cursor }
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
    return { rows: rows.length, cursor: rows.length < BATCH ? null : (rows.at(-1)?.id ?? null) }
  },
  async versions(tx, again, { projectId, cursor }) {
    const next = await nextIds(tx, 'secretVersions', { projectId, cursor })
    if (next.ids.length === 0) return { rows: 0, cursor: next.cursor }
    const rows = await tx
      .selectFrom('secretVersions')
      .where('id', 'in', next.ids)
      .select(['id', 'folderId', 'key', 'version', 'value', 'comment', 'metadata'])
      .execute()
    for (const row of rows) {
      const value = again(row.value, associatedData('secret', projectId, row))
      const comment = row.comment && again(row.comment, associatedData('comment', projectId, row))
      const metadata = row.metadata && again(row.metadata, associatedData('metadata', projectId, row))
      await tx.updateTable('secretVersions').set({ value, comment, metadata }).where('id', '=', row.id).execute()
    }
    return { rows: rows.length, cursor: next.cursor }
  },
  async trash(tx, again, { projectId, cursor }, key) {
    const [trashId = '', position = '-1'] = cursor.split(' ')
    // A subquery with a limit is read first: joined, the store would begin with all that was deleted in the project.
    const looked = await tx
      .selectFrom((eb) =>
        eb
          .selectFrom('trashRows')
          .where(({ eb, refTuple, tuple }) =>
            eb(refTuple('trashId', 'position'), '>', tuple(trashId, Number(position))),
          )
          .orderBy('trashId')
          .orderBy('position')
          .limit(WINDOW)
          .select(['trashId', 'position'])
          .as('looked'),
      )
      .leftJoin('trash', 'trash.id', 'looked.trashId')
      .orderBy('looked.trashId')
      .orderBy('looked.position')
      .select(['looked.trashId', 'looked.position', 'trash.projectId'])
      .execute()
    const next = nextOf(looked, projectId)
    const rows = await Promise.all(
      next.own.map(({ trashId, position }) =>
        tx
          .selectFrom('trashRows')
          .where('trashId', '=', trashId)
          .where('position', '=', position)
          .selectAll()
          .executeTakeFirstOrThrow(),
      ),
    )
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
    return { rows: rows.length, cursor: next.last && `${next.last.trashId} ${next.last.position}` }
  },
}

/** The next ids of a project's rows, and the id that the batch after them begins behind. */
async function nextIds(
  tx: Tx,
  table: 'secrets' | 'secretVersions',
  { projectId, cursor }: Place,
): Promise<{ ids: string[]; cursor: string | null }> {
  const looked = await tx
    .selectFrom((eb) =>
      eb.selectFrom(table).where('id', '>', cursor).orderBy('id').limit(WINDOW).select(['id', 'folderId']).as('looked'),
    )
    .leftJoin('folders', 'folders.id', 'looked.folderId')
    .leftJoin('environments', 'environments.id', 'folders.environmentId')
    .orderBy('looked.id')
    .select(['looked.id', 'environments.projectId'])
    .execute()
  const { own, last } = nextOf(looked, projectId)
  return { ids: own.map(({ id }) => id), cursor: last && last.id }
}

/** The project's own among the rows of a window, up to a batch, and the row that the batch ends with. */
function nextOf<T extends { projectId: string | null }>(
  looked: readonly T[],
  projectId: string,
): { own: T[]; last: T | null } {
  const own = looked.filter((row) => row.projectId === projectId).slice(0, BATCH)
  const isWhole = own.length === BATCH
  const last = (isWhole ? own : looked).at(-1) ?? null
  return { own, last: isWhole || looked.length === WINDOW ? last : null }
}

/** Seals the next batch of a phase again. Resolves to where it ended, and to what could not be decrypted. */
export async function resealBatch(
  tx: Tx,
  key: DataKey,
  phase: keyof typeof AFTER,
  at: Place,
): Promise<Sealed & { unreadable: Unreadable[] }> {
  const unreadable: Unreadable[] = []
  return { ...(await reseal[phase](tx, resealer(key, unreadable), at, key)), unreadable }
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
