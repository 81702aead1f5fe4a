/**
 * What a transaction leaves behind so that nobody brings an earlier state back: the seals of rows that ended, and how often the secrets of a folder were
 * written. They are collected while the transaction runs, and kept by the one that seals the store (`MarkKeeper`).
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Transaction, TransactionBuilder } from 'kysely'
import type { SealedTable } from './sealed-tables.ts'
import type { Tables } from './tables.ts'

/** A row that gave authority, and was deleted or changed. */
export interface EndedRow {
  seal: string
  /** When it would have ended in any case, ISO 8601; null: never. */
  until: string | null
}

export interface Marks {
  ended: readonly EndedRow[]
  /** By id of the folder. */
  writes: ReadonlyMap<string, number>
}

export interface MarkKeeper {
  /** Writes down what nothing in the transaction took, as its last step. */
  keep(tx: Transaction<Tables>, marks: Marks): Promise<void>
  /** The transaction that took these is committed. */
  kept(marks: Marks): void
  /** Rows ended by a statement without a transaction. */
  ended(rows: readonly EndedRow[]): void
}

/** Of tables whose rows end by themselves: the column that says when. */
export const ENDS: Partial<Record<SealedTable, string>> = {
  invitations: 'expiresAt',
  accessTokens: 'endsAt',
  session: 'expiresAt',
  verification: 'expiresAt',
  apikey: 'expiresAt',
  trash: 'expiresAt',
}

/** When a row ends in any case, from its columns. */
export function untilOf(table: SealedTable, valueOf: (column: string) => unknown): string | null {
  const column = ENDS[table]
  const value = column === undefined ? null : valueOf(column)
  return value instanceof Date ? value.toISOString() : typeof value === 'string' ? value : null
}

/**
 * Columns whose earlier value gives nothing worth keeping in mind: a session that ends sooner, a token with some uses more, a stream that delivers again.
 */
const RENEWED: Partial<Record<SealedTable, readonly string[]>> = {
  accessTokens: ['uses', 'expiresAt'],
  session: ['expiresAt'],
  auditStreams: ['seq'],
}

/** Whether the row as it was before such a change must not come back. */
export const ends = (table: SealedTable, columns: readonly string[]): boolean =>
  columns.some((column) => !RENEWED[table]?.includes(column))

interface Running {
  ended: EndedRow[]
  writes: Map<string, number>
  kept: { ended: EndedRow[]; writes: Map<string, number> }
}
const transactions = new AsyncLocalStorage<Running>()

/** Notes that rows ended. */
export function markEnded(keeper: MarkKeeper, rows: readonly EndedRow[]): void {
  if (rows.length === 0) return
  const running = transactions.getStore()
  if (running) running.ended.push(...rows)
  else keeper.ended(rows)
}

/** Notes that the running transaction wrote the secrets of a folder for the `writes`th time. */
export function markWritten(folderId: string, writes: number): void {
  const running = transactions.getStore()
  if (!running) throw new Error('secrets are written in a transaction')
  running.writes.set(folderId, writes)
}

/** What the running transaction has noted since it was asked last; null for nothing. The caller writes it down in the same transaction. */
export function takeMarks(): Marks | null {
  const running = transactions.getStore()
  if (!running || (running.ended.length === 0 && running.writes.size === 0)) return null
  const marks = { ended: running.ended, writes: running.writes }
  running.kept.ended.push(...marks.ended)
  for (const [folderId, writes] of marks.writes) running.kept.writes.set(folderId, writes)
  running.ended = []
  running.writes = new Map()
  return marks
}

/** The same transaction with our names for columns; better-auth's have its own. */
// oxlint-disable-next-line no-explicit-any -- better-auth's tables are not part of our table types.
export type OurNames = (tx: Transaction<any>) => Transaction<Tables>

/**
 * The same transaction, with its marks kept. The builder itself is changed: an object made from it would turn it into a prototype, which costs
 * more than everything else here.
 */
export function marking<T>(builder: TransactionBuilder<T>, keeper: MarkKeeper, named: OurNames): TransactionBuilder<T> {
  const setAccessMode = builder.setAccessMode.bind(builder)
  const setIsolationLevel = builder.setIsolationLevel.bind(builder)
  const execute = builder.execute.bind(builder)
  builder.setAccessMode = (mode) => marking(setAccessMode(mode), keeper, named)
  builder.setIsolationLevel = (level) => marking(setIsolationLevel(level), keeper, named)
  builder.execute = (work) => {
    const running: Running = { ended: [], writes: new Map(), kept: { ended: [], writes: new Map() } }
    return transactions.run(running, async () => {
      const result = await execute(async (tx) => {
        const result = await work(tx)
        const left = takeMarks()
        if (left) await keeper.keep(named(tx), left)
        return result
      })
      keeper.kept(running.kept)
      return result
    })
  }
  return builder
}
