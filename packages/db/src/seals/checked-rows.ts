/** The check of the rows that a query answers, by what it selected beside its own columns (seal-reads.ts). */
import type { UnknownRow } from 'kysely'
import { renamed, type Names } from '../names.ts'
import type { Check } from './seal-reads.ts'
import { ACCOUNT_TABLES, SEALED_TABLES, type SealedTable } from './sealed-tables.ts'
import { KeyRotated, remember, rowName, wholeRow, writtenValues, type Sealer, type VerifiedRow } from './sealer.ts'

/** A query that is under way, and when it began. */
export interface Read {
  check: Check
  start: number
  /** Of a query that runs again and again: the same each time. */
  columns?: Columns
}

/** The columns of a query's answer without what was selected for the check; `shown` null: not known yet. */
export interface Columns {
  shown: readonly string[] | null
  /** The same with our names. */
  named: readonly string[]
}

/**
 * The rows whose seals are right, without what was selected for the check, and with our names where there are `names`.
 * Without `read` there is nothing to check.
 */
export function checkedRows(
  sealer: Sealer,
  rows: UnknownRow[],
  names: Names | null,
  read: Read | undefined,
): UnknownRow[] {
  const [first] = rows
  if (!first) return rows
  if (!read) return names ? names.named(rows) : rows
  const { check, start, columns = { shown: null, named: [] } } = read
  if (!columns.shown) {
    columns.shown = Object.keys(first).filter((column) => column !== check.column && column !== 'seal')
    columns.named = names ? columns.shown.map(names.ours) : columns.shown
  }
  const whole = rows.filter((row) => isWhole(sealer, check.tables, String(row[check.column]), start))
  return renamed(whole, columns.shown, columns.named)
}

/** Whether all of these may be answered: their seals are right, and none had ended. */
function isWhole(sealer: Sealer, tables: readonly SealedTable[], text: string, start: number): boolean {
  const rows = sealer.known.get(text) ?? verify(sealer, tables, text)
  if (!rows) return false
  return rows.every(({ table, seal, values, groups }) => {
    if (sealer.hasEnded(seal, groups, start)) return refuse(sealer, table, values[0], seal)
    // One that has ended by now is not what a change would replace.
    if (ACCOUNT_TABLES.includes(table) && !sealer.hasEnded(seal, groups))
      sealer.latest.set(rowName(table, values[0]), seal)
    return true
  })
}

/** Null when a seal is missing or wrong. */
function verify(sealer: Sealer, tables: readonly SealedTable[], text: string): readonly VerifiedRow[] | null {
  const [, ...cells]: unknown[] = JSON.parse(text)
  const rows: VerifiedRow[] = []
  for (const table of tables) {
    const [seal, ...values] = cells.splice(0, 1 + SEALED_TABLES[table].length)
    if (seal === null && values.every((value) => value === null)) continue
    const row = typeof seal === 'string' ? wholeRow(sealer, table, writtenValues(table, values), seal) : null
    if (!row) return refuse(sealer, table, values[0], seal) || null
    rows.push(row)
  }
  remember(sealer, text, rows)
  return rows
}

function refuse(sealer: Sealer, table: SealedTable, id: unknown, seal: unknown): false {
  if (typeof seal === 'string' && sealer.isNewer(seal)) {
    // Not waited for: this may be inside the transaction that has the store to itself.
    void sealer.refresh().catch(() => undefined)
    throw new KeyRotated()
  }
  sealer.refused(table, String(id))
  return false
}
