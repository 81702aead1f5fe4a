/**
 * Reads the marks that the audit log has gained: all of its rows on the first call, those that follow on each further
 * one.
 */
import type { Db, Marks } from '@keyferry/db'
import { chainKey, floorSealOf, hashOf, readHead, sealOf } from '../audit/audit-head.ts'
import { rowsAfter } from '../audit/audit-page.ts'
import { readFloor, type AuditHead } from '../audit/audit.ts'
import { parseMarks } from '../audit/marks.ts'
import type { Context } from '../context.ts'
import { DecryptionError, type DataKey } from '../crypto/data-key.ts'

const PAGE = 1000
/** Of a column of whole numbers. */
const LOWEST = -(2 ** 31)

/** A row, by its place in the chain. */
type Link = Pick<AuditHead, 'seq' | 'hash'>

/** The end of the chain that was read up to. */
interface ChainEnd extends Link, Pick<AuditHead, 'key'> {
  /** A process that is not restarted after a rotation of the root key keeps using it. */
  opened: DataKey
}

interface Parts {
  keyring: Context['keyring']
  /** Hears of a row that is not as it was written, by its place, or of the log's end. */
  report(row: string): void
  take(marks: Marks): void
}

/** Returns `Freshness.catchUp`. */
export function marksReader({ keyring, report, take }: Parts): (db: Db) => Promise<void> {
  let seen: ChainEnd | null = null

  const keyOf = (head: AuditHead): DataKey | null => {
    try {
      return chainKey({ keyring }, head)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      return null
    }
  }

  /** Takes the marks of the rows after `from`, up to `head`; the last of them. */
  async function readRows(db: Db, head: AuditHead, from: ChainEnd | null, opened: DataKey): Promise<Link> {
    let last: Link = from ?? { seq: LOWEST, hash: '' }
    // Rows that were taken off for their age had what still matters marked again.
    const floor = from && (await readFloor(db))
    if (floor && floor.seq > last.seq && floor.seal === floorSealOf(opened, floor)) last = floor
    for (;;) {
      // Rows from before this process started are many.
      const part = { after: last.seq, end: head.seq, limit: PAGE, isMarked: from === null }
      const { rows, isLast } = await rowsAfter(db, part)
      for (const row of rows) {
        // What rows from before the chain say is sealed together.
        const isWhole = row.seq <= 0 || row.hash === hashOf(opened, row)
        const follows = from === null || (row.seq === last.seq + 1 && row.prevHash === last.hash)
        if (!isWhole || !follows) report(String(row.seq))
        if (isWhole && row.marks !== null) take(parseMarks(row.marks))
        last = row
      }
      if (isLast) return last
    }
  }

  return async (db) => {
    const head = await readHead(db)
    if (!head) return
    const before = seen
    const opened = keyOf(head) ?? before?.opened
    if (!opened) return report('end')
    const isSealed = head.seal === sealOf(opened, head)
    if (!isSealed) report('end')
    // Another chain counts from 1.
    const from = before?.key === head.key && before.seq <= head.seq ? before : null
    if (before?.key === head.key && !from) report('end')
    if (isSealed && from && isSame(from, head)) return
    const last = await readRows(db, head, from, opened)
    if (from && !isSame(last, head)) report(String(head.seq))
    // Another call may have got further meanwhile.
    if (isSealed && (seen === before || !seen || seen.seq < head.seq)) seen = { ...head, opened }
  }
}

const isSame = (one: Link, other: Link): boolean => one.seq === other.seq && one.hash === other.hash
