/**
 * What a transaction leaves behind so that nobody brings an earlier state back: the seals of rows that ended, and how
 * often the secrets of a folder were written. They are collected while the transaction runs, and kept by the one that
 * seals the store (`MarkKeeper`).
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Transaction, TransactionBuilder } from 'kysely'
import { groupWith, type EndedGroup } from './row-groups.ts'
import type { SealedTable } from './sealed-tables.ts'
import type { Tables } from '../tables.ts'

/** A row that gave authority, and was deleted or changed. */
export interface EndedRow {
  seal: string
  /** When it would have ended in any case, ISO 8601; null: never. */
  until: string | null
}

export interface Marks {
  ended: readonly EndedRow[]
  /** When groups of rows ended, by their names. */
  groups: ReadonlyMap<string, number>
  /** By id of the folder. */
  writes: ReadonlyMap<string, number>
}

export interface MarkKeeper {
  /** Writes down what nothing in the transaction took, as its last step. */
  keep(tx: Transaction<Tables>, marks: Marks): Promise<void>
  /** The transaction that took these is committed. */
  kept(marks: Marks): void
  /** What ended by a statement without a transaction. */
  outside(marks: Marks): void
}

/** For tables whose rows expire: the column with the time. */
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
 * Columns whose earlier value gives nothing worth keeping in mind: a session, a token or a role of a group that ends
 * sooner, a stream that delivers again.
 */
const RENEWED: Partial<Record<SealedTable, readonly string[]>> = {
  accessTokens: ['expiresAt'],
  memberships: ['confirmedAt'],
  session: ['expiresAt'],
  auditStreams: ['seq'],
}

/** Whether the row as it was before such a change must not come back. */
export const ends = (table: SealedTable, columns: readonly string[]): boolean =>
  columns.some((column) => !RENEWED[table]?.includes(column))

interface Noted {
  ended: EndedRow[]
  groups: Map<string, number>
  writes: Map<string, number>
}
const nothing = (): Noted => ({ ended: [], groups: new Map(), writes: new Map() })

/** Null: nothing. Most transactions leave nothing behind. */
interface Running {
  /** Since they were taken last. */
  noted: Noted | null
  kept: Noted | null
}
const notedIn = (running: Running): Noted => (running.noted ??= nothing())
const transactions = new AsyncLocalStorage<Running>()

/** Notes that rows ended. */
export function markEnded(keeper: MarkKeeper, rows: readonly EndedRow[]): void {
  if (rows.length === 0) return
  const running = transactions.getStore()
  if (running) notedIn(running).ended.push(...rows)
  else keeper.outside({ ...nothing(), ended: rows })
}

/** Notes that a group of rows ended. */
export function markGroupEnded(keeper: MarkKeeper, { name, at }: EndedGroup): void {
  const running = transactions.getStore()
  if (running) notedIn(running).groups.set(name, at)
  else keeper.outside({ ...nothing(), groups: new Map([[name, at]]) })
}

/**
 * Ends the rows with these values that were sealed before `at`, also those that are not in the database now. The
 * columns make a group (row-groups.ts). Rows that stay are sealed again (`amend`) after `at` was requested.
 */
export const endRowsBefore = (
  keeper: MarkKeeper & { endsAt(): number },
  table: SealedTable,
  values: Readonly<Record<string, unknown>>,
  at: number = keeper.endsAt(),
): void => markGroupEnded(keeper, { name: groupWith(table, values), at })

/** Notes that the running transaction wrote the secrets of a folder for the `writes`th time. */
export function markWritten(folderId: string, writes: number): void {
  const running = transactions.getStore()
  if (!running) throw new Error('secrets are written in a transaction')
  notedIn(running).writes.set(folderId, writes)
}

/**
 * What the running transaction has noted since it was asked last; null for nothing. The caller writes it down in the
 * same transaction.
 */
export function takeMarks(): Marks | null {
  const running = transactions.getStore()
  if (!running?.noted) return null
  const { noted } = running
  const kept = (running.kept ??= nothing())
  kept.ended.push(...noted.ended)
  for (const [name, at] of noted.groups) kept.groups.set(name, at)
  for (const [folderId, writes] of noted.writes) kept.writes.set(folderId, writes)
  running.noted = null
  return noted
}

/** The same transaction with our names for columns; better-auth's have its own. */
// oxlint-disable-next-line no-explicit-any -- better-auth's tables are not part of our table types.
export type OurNames = (tx: Transaction<any>) => Transaction<Tables>

/**
 * The same transaction, with its marks kept. The builder itself is changed: an object made from it would turn it into a
 * prototype, which costs more than everything else here. What it is set to otherwise is another builder, without marks:
 * only for one that reads, as it leaves none.
 */
export function marking<T>(builder: TransactionBuilder<T>, keeper: MarkKeeper, named: OurNames): TransactionBuilder<T> {
  const execute = builder.execute.bind(builder)
  const setAccessMode = builder.setAccessMode.bind(builder)
  builder.setAccessMode = (mode) => (mode === 'read only' ? setAccessMode(mode) : refuseWriting())
  builder.setIsolationLevel = refuseWriting
  builder.execute = (work) => {
    const running: Running = { noted: null, kept: null }
    return transactions.run(running, async () => {
      const result = await execute(async (tx) => {
        const result = await work(tx)
        const left = takeMarks()
        if (left) await keeper.keep(named(tx), left)
        return result
      })
      if (running.kept) keeper.kept(running.kept)
      return result
    })
  }
  return builder
}

function refuseWriting(): never {
  throw new Error('a transaction that writes is not set to anything: its marks would be lost')
}
