/**
 * What must not come back. Rows that give authority are sealed, and the secrets of a folder are counted (folder-head.ts); a row that was valid once has a
 * valid seal still. So whatever ends one leaves its seal in the audit log, in the row that tells of it, and whatever writes a folder leaves how often it was
 * written. The log is chained, so nobody takes that away unnoticed. Every process knows it all, and refuses what ended.
 */
import { markEnded, markWritten, type Db, type EndedRow, type MarkKeeper, type Marks } from '@keyferry/db'
import { readHead } from '../audit/audit-head.ts'
import { keepMarks, marksOutside } from '../audit/audit.ts'
import { parseMarks } from '../audit/marks.ts'
import type { Context } from '../context.ts'

export interface Freshness extends MarkKeeper {
  /** Whether a row with this seal was deleted or changed. */
  hasEnded(seal: string): boolean
  /** How often the secrets of a folder were written, as far as this process knows. */
  writesOf(folderId: string): number
  /** Takes in what the audit log has gained. Throws what the database said. */
  catchUp(db: Db): Promise<void>
  /** Where this process writes what it keeps. */
  writeTo(ctx: Context): void
}

const PAGE = 1000
/** Of a column of whole numbers. */
const LOWEST = -(2 ** 31)
/** Rows that ended may be forgotten after their own end; that is looked for after so many more. */
const SWEPT_EVERY = 10_000

export function freshness(now: () => Date = () => new Date()): Freshness {
  /** By seal: when the row would have ended in any case. */
  const ended = new Map<string, string | null>()
  const written = new Map<string, number>()
  let seen = LOWEST
  let chain = ''
  let ctx: Context | null = null
  let sweepAt = SWEPT_EVERY

  const sweep = (): void => {
    if (ended.size < sweepAt) return
    const at = now().toISOString()
    for (const [seal, until] of ended) if (until !== null && until < at) ended.delete(seal)
    sweepAt = ended.size + SWEPT_EVERY
  }
  const remember = ({ ended: rows, writes }: Marks): void => {
    for (const { seal, until } of rows) ended.set(seal, until)
    for (const [folderId, count] of writes) if (count > (written.get(folderId) ?? 0)) written.set(folderId, count)
    sweep()
  }
  return {
    hasEnded: (seal) => ended.has(seal),
    writesOf: (folderId) => written.get(folderId) ?? 0,
    kept: remember,
    async keep(tx, marks) {
      if (!ctx) throw new Error('nothing is written before the process is set up')
      await keepMarks(ctx, tx, marks)
    },
    ended(rows: readonly EndedRow[]) {
      const marks = { ended: rows, writes: new Map() }
      remember(marks)
      if (ctx) marksOutside(ctx, marks)
    },
    writeTo(context) {
      ctx = context
    },
    async catchUp(db) {
      const head = await readHead(db)
      if (!head) return
      // A chain that was begun again counts from 1.
      if (head.key !== chain && head.seq < seen) seen = LOWEST
      chain = head.key
      for (;;) {
        const rows = await db
          .selectFrom('audit')
          .where('marks', 'is not', null)
          .where('seq', '>', seen)
          .orderBy('seq')
          .limit(PAGE)
          .select(['seq', 'marks'])
          .execute()
        for (const { marks } of rows) if (marks !== null) remember(parseMarks(marks))
        seen = rows.at(-1)?.seq ?? seen
        if (rows.length < PAGE) return
      }
    },
  }
}

/** Rows of the audit log go: what of their marks still matters is marked by this transaction once more. */
export function carryMarks({ authority, now }: Pick<Context, 'authority' | 'now'>, texts: readonly string[]): void {
  const at = now().toISOString()
  for (const { ended, writes } of texts.map(parseMarks)) {
    markEnded(
      authority,
      ended.filter(({ until }) => until === null || until >= at),
    )
    // A later row has the count of those that were written again.
    for (const [folderId, count] of writes) if (authority.writesOf(folderId) <= count) markWritten(folderId, count)
  }
}
