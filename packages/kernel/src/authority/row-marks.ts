/**
 * Marks of rows that are too many for seals: keyed hashes under the data key of their project. Who only writes to the
 * database can't make one, so a row that was put in, or changed, is found out by its reader.
 */
import type { LedgerTable, Selectable, TrashRowTable } from '@keyferry/db'
import type { Tx } from '../context.ts'
import type { DataKey } from '../crypto/data-key.ts'
import type { Keyring } from '../crypto/keyring.ts'

type LedgerKey = Pick<Selectable<LedgerTable>, 'syncId' | 'targetKey' | 'key'>
type TrashRow = Omit<Selectable<TrashRowTable>, 'mark'>

const ledgerParts = ({ syncId, targetKey, key }: LedgerKey): string[] => ['ledger row', syncId, targetKey, key]

/** The mark of a key that a sync wrote at a target. */
export const ledgerMark = (dataKey: DataKey, row: LedgerKey): string => dataKey.digest(...ledgerParts(row))

/** Whether Keyferry wrote the row, under this generation of the key or an earlier one. */
export const isLedgerMarked = (dataKey: DataKey, row: LedgerKey & { mark: string }): boolean =>
  dataKey.digests(...ledgerParts(row)).includes(row.mark)

const trashParts = ({ trashId, position, kind, content }: TrashRow, isLast: boolean): string[] => [
  isLast ? 'last trash row' : 'trash row',
  trashId,
  String(position),
  kind,
  content,
]

/** The mark of a row of the trash. That of the last row of an item says so: the end can't be cut off. */
export const trashMark = (dataKey: DataKey, row: TrashRow, { isLast }: { isLast: boolean }): string =>
  dataKey.digest(...trashParts(row, isLast))

/** What a row of the trash is by its mark; null: not as it was written. */
export function trashMarked(dataKey: DataKey, row: TrashRow & { mark: string }): { isLast: boolean } | null {
  const isLast = [false, true].find((isLast) => dataKey.digests(...trashParts(row, isLast)).includes(row.mark))
  return isLast === undefined ? null : { isLast }
}

/** Marks the rows of a store of an earlier version. They are believed this once. */
export async function markRows({ keyring }: { keyring: Keyring }, tx: Tx): Promise<void> {
  for (const { id, dataKey } of await tx.selectFrom('projects').select(['id', 'dataKey']).execute()) {
    const key = keyring.open(id, dataKey)
    const items = await tx.selectFrom('trash').where('projectId', '=', id).select('id').execute()
    for (const item of items) await markTrash(tx, key, item.id)
    const syncs = await tx.selectFrom('syncs').where('projectId', '=', id).select('id').execute()
    for (const sync of syncs) await markLedger(tx, key, sync.id)
  }
}

async function markTrash(tx: Tx, dataKey: DataKey, trashId: string): Promise<void> {
  const rows = tx.selectFrom('trashRows').where('trashId', '=', trashId)
  const positions = await rows.select('position').orderBy('position').execute()
  for (const { position } of positions) {
    const row = await rows.where('position', '=', position).selectAll().executeTakeFirstOrThrow()
    const mark = trashMark(dataKey, row, { isLast: position === positions.at(-1)?.position })
    await tx
      .updateTable('trashRows')
      .set({ mark })
      .where('trashId', '=', trashId)
      .where('position', '=', position)
      .execute()
  }
}

async function markLedger(tx: Tx, dataKey: DataKey, syncId: string): Promise<void> {
  const rows = await tx.selectFrom('ledger').where('syncId', '=', syncId).select(['targetKey', 'key']).execute()
  for (const { targetKey, key } of rows)
    await tx
      .updateTable('ledger')
      .set({ mark: ledgerMark(dataKey, { syncId, targetKey, key }) })
      .where('syncId', '=', syncId)
      .where('targetKey', '=', targetKey)
      .where('key', '=', key)
      .execute()
}
