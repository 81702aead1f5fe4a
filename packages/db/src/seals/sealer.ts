/** What a seal is made of. */
import type { MarkKeeper } from './marks.ts'
import { groupsOf } from './row-groups.ts'
import { ACCOUNT_TABLES, ACCOUNT_TIMES, SEALED_TABLES, type MarkedTable, type SealedTable } from './sealed-tables.ts'

/** Makes and checks seals. */
export interface Sealer extends MarkKeeper {
  /**
   * A new seal for a row, by what `contentOf` makes of it. No two are alike, so that a row that ended differs from one
   * like it.
   */
  seal(table: SealedTable, content: string): string
  isSeal(table: SealedTable, content: string, seal: string): boolean
  /**
   * Whether the row that had this seal was deleted or changed, or one of its groups ended after it was sealed. As this
   * process knew when a read began (`readStart`); without `start`, as it knows now.
   */
  hasEnded(seal: string, groups: readonly string[], start?: number): boolean
  /** The time for a group that ends: after everything that this process sealed. */
  endsAt(): number
  /** Whether a seal was made with a key that is newer than this process knows. */
  isNewer(seal: string): boolean
  /**
   * Reads the key again, because it may have been rotated. Resolves to whether it is another one. Not inside a
   * transaction.
   */
  refresh(): Promise<boolean>
  /**
   * Hears of a row whose seal or mark is missing or wrong, each time it is read; it is left out of the answer. Throws
   * when the answer must not do without it.
   */
  refused(table: SealedTable | MarkedTable, id: string): void
  /** Rows whose seals were right, by the seal. */
  readonly verified: Map<string, VerifiedRow>
  /** The same by the text that a query answered for them: most are read again and again. */
  readonly known: Map<string, readonly VerifiedRow[]>
  /**
   * By `rowName`, the seal that each of better-auth's rows was read with last, if it had not ended: it names the rows
   * that it changes by their ids only.
   */
  readonly latest: Map<string, string>
}

/** A row’s name in `latest`. */
export const rowName = (table: SealedTable, id: unknown): string => `${table} ${String(id)}`

export interface VerifiedRow {
  table: SealedTable
  seal: string
  /** Of the sealed columns. */
  values: readonly unknown[]
  /** Names of the groups that it is in. */
  groups: readonly string[]
}

/** Sealed columns as they were written: Postgres gives times in JSON its own way. */
export const writtenValues = (table: SealedTable, values: readonly unknown[]): readonly unknown[] =>
  ACCOUNT_TABLES.includes(table)
    ? SEALED_TABLES[table].map((column, at) => (ACCOUNT_TIMES.includes(column) ? timeOf(values[at]) : values[at]))
    : values

function timeOf(value: unknown): unknown {
  const time = new Date(typeof value === 'string' ? value : Number.NaN)
  return Number.isNaN(time.getTime()) ? value : time
}

/**
 * The key that rows are sealed with was rotated a moment ago, and this process has not got the new one yet. The same
 * again works.
 */
export class KeyRotated extends Error {
  constructor() {
    super('the key that rows are sealed with was just rotated')
    this.name = 'KeyRotated'
  }
}

/** Rows, and texts of rows, that are remembered at most. */
const REMEMBERED = 50_000
const REMEMBERED_TEXTS = 20_000

/**
 * One text of a row's sealed columns. Empty columns are left out. `columns`: those that the seal covers, where they are
 * others than today's.
 */
export const contentOf = (
  table: SealedTable,
  row: Readonly<Record<string, unknown>>,
  columns: readonly string[] = SEALED_TABLES[table],
): string =>
  contentOfValues(
    columns,
    columns.map((column) => row[column]),
  )

function contentOfValues(columns: readonly string[], values: readonly unknown[]): string {
  const content: [string, string | number][] = []
  columns.forEach((column, at) => {
    const value = plain(values[at])
    if (value !== null) content.push([column, value])
  })
  return JSON.stringify(content)
}

/** The same whichever database it comes from: SQLite has no times and no truth values. */
export function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new Error('a sealed column holds text, numbers, times and truth values only')
}

/** Whether `seal` is the one of this row; `columns` as for `contentOf`. */
export const isSealed = (
  sealer: Sealer,
  table: SealedTable,
  row: Readonly<Record<string, unknown>>,
  seal: unknown,
  columns: readonly string[] = SEALED_TABLES[table],
): boolean => typeof seal === 'string' && sealer.isSeal(table, contentOf(table, row, columns), seal)

/** The row with these sealed values when the seal is its own, or null. Remembers rows that are whole. */
export function wholeRow(
  sealer: Sealer,
  table: SealedTable,
  values: readonly unknown[],
  seal: string,
): VerifiedRow | null {
  const verified = sealer.verified.get(seal)
  if (verified?.table === table && verified.values.every((value, at) => plain(value) === plain(values[at])))
    return verified
  const columns: readonly string[] = SEALED_TABLES[table]
  if (!sealer.isSeal(table, contentOfValues(columns, values), seal)) return null
  if (sealer.verified.size >= REMEMBERED) {
    sealer.verified.clear()
    sealer.latest.clear()
  }
  const groups = groupsOf(table, (column) => values[columns.indexOf(column)])
  const row = { table, seal, values, groups }
  sealer.verified.set(seal, row)
  return row
}

/** Remembers that these rows came as this text. */
export function remember(sealer: Sealer, text: string, rows: readonly VerifiedRow[]): void {
  if (sealer.known.size >= REMEMBERED_TEXTS) sealer.known.clear()
  sealer.known.set(text, rows)
}
