/** Rows with marks of their own, of the ledger and of the trash, checked as their readers do (row-marks.ts). */
import type { MarkedTable } from '@keyferry/db'
import type { Context, Tx } from '../context.ts'
import type { DataKey } from '../crypto/data-key.ts'
import { snapshot } from '../transaction.ts'
import { isLedgerMarked, trashMarked } from './row-marks.ts'

interface VerifiedMarks {
  rows: number
  /** Of the trash: items, by their ids. */
  broken: { table: MarkedTable; id: string; problem: 'changed' }[]
}

/** Rows of one statement, which may have 100 kB each. */
const PAGE = 100

export async function verifyMarks(ctx: Context): Promise<VerifiedMarks> {
  const verified: VerifiedMarks = { rows: 0, broken: [] }
  const found = (table: MarkedTable, id: string): number => verified.broken.push({ table, id, problem: 'changed' })
  for (const { id } of await ctx.db.selectFrom('syncs').select('id').execute())
    await snapshot(ctx, async (tx) => {
      const key = await keyOf(ctx, tx, 'syncs', id)
      if (!key) return
      const rows = await tx.selectFrom('ledger').where('syncId', '=', id).selectAll().execute()
      verified.rows += rows.length
      for (const row of rows) if (!isLedgerMarked(key, row)) found('ledger', `${id} ${row.key}`)
    })
  for (const { id } of await ctx.db.selectFrom('trash').select('id').execute())
    await snapshot(ctx, async (tx) => {
      const key = await keyOf(ctx, tx, 'trash', id)
      if (!key) return
      const { rows, isWhole } = await verifyItem(tx, key, id)
      verified.rows += rows
      if (!isWhole) found('trashRows', id)
    })
  return verified
}

/** The key of the project that a row belongs to; null when the row is gone by now. */
async function keyOf(ctx: Context, tx: Tx, table: 'syncs' | 'trash', id: string): Promise<DataKey | null> {
  const row = await tx.selectFrom(table).where('id', '=', id).select('projectId').executeTakeFirst()
  const project =
    row && (await tx.selectFrom('projects').where('id', '=', row.projectId).select('dataKey').executeTakeFirst())
  return row && project ? ctx.keyring.open(row.projectId, project.dataKey) : null
}

/** Whether an item of the trash has the rows that were written, all of them. */
async function verifyItem(tx: Tx, key: DataKey, trashId: string): Promise<{ rows: number; isWhole: boolean }> {
  let [rows, isWhole, isEnd] = [0, true, false]
  for (;;) {
    const page = await tx
      .selectFrom('trashRows')
      .where('trashId', '=', trashId)
      .where('position', '>=', rows)
      .orderBy('position')
      .limit(PAGE)
      .selectAll()
      .execute()
    for (const row of page) {
      const marked = trashMarked(key, row)
      if (isEnd || !marked || row.position !== rows) isWhole = false
      isEnd = marked?.isLast ?? false
      rows = row.position + 1
    }
    if (page.length < PAGE) return { rows, isWhole: isWhole && isEnd }
  }
}
