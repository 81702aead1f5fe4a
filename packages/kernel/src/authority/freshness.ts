/**
 * What must not come back. Rows that give authority are sealed, and the secrets of a folder are counted
 * (folder-head.ts); a row that was valid once has a valid seal still. So whatever ends one leaves its seal in the audit
 * log, in the row about it, and whatever writes a folder leaves how often it was written. The log is chained, so nobody
 * takes that away unnoticed. Every process knows it all, and refuses what ended.
 */
import { markEnded, markGroupEnded, markWritten, type Db, type MarkKeeper, type Marks } from '@keyferry/db'
import { keepMarks, marksOutside } from '../audit/audit.ts'
import { parseMarks } from '../audit/marks.ts'
import type { Context } from '../context.ts'
import { marksReader } from './marks-reader.ts'

export interface Freshness extends MarkKeeper {
  /**
   * Whether a row with this seal was deleted or changed, as this process knew at `start` (`readStart`); without it: as
   * it knows now. Likewise below.
   */
  isEnded(seal: string, start?: number): boolean
  /** When a group of rows ended. */
  endOf(group: string, start?: number): number | undefined
  /** The time for a new seal: not before anything that ended. */
  sealsAt(): number
  /** The time for something that ends: after everything that this process sealed. */
  endsAt(): number
  /** How often the secrets of a folder were written. */
  writesOf(folderId: string, start?: number): number
  /**
   * Takes in what the audit log has gained up to its end, and reports rows of it that were changed, removed or added
   * outside Keyferry. Throws what the database said.
   */
  catchUp(db: Db): Promise<void>
  /** Where this process writes what it keeps. */
  writeTo(ctx: Context): void
}

/** Rows that ended may be forgotten after their own end; that is looked for after so many more. */
const SWEPT_EVERY = 10_000

/** A number that only grows, and when this process heard of it. */
interface Heard {
  value: number
  heard: number
}

/** Milliseconds that earlier numbers are kept for: a read takes less. */
const KEPT_MS = 60_000

/** Adds the next number. What an older read than those that are kept for needs is the oldest: it is refused by that. */
function hear(all: Map<string, Heard[]>, name: string, next: Heard): void {
  const list = all.get(name)
  if (!list) return void all.set(name, [next])
  if (next.value <= (list.at(-1)?.value ?? 0)) return
  list.push(next)
  for (let second = list[1]; second && second.heard < next.heard - KEPT_MS; second = list[1]) {
    list.shift()
    second.heard = -Infinity
  }
}

/** The number that was known at `start`; without it, the last. */
const heardBy = (list: readonly Heard[] | undefined, start = Infinity): number | undefined =>
  list?.findLast(({ heard }) => heard <= start)?.value

interface Parts {
  keyring: Context['keyring']
  /** Hears of a row of the audit log that is not as it was written, by its place, or of the log's end. */
  report(row: string): void
}

/** What one process knows: nothing, until its first `catchUp`. */
export function freshness({ keyring, report }: Parts): Freshness {
  /** By seal: when the row would have ended in any case, and when this process heard that it ended. */
  const ended = new Map<string, { until: string | null; heard: number }>()
  const groupEnds = new Map<string, Heard[]>()
  const written = new Map<string, Heard[]>()
  /** Milliseconds since 1970. */
  let [lastSeal, lastEnd] = [0, 0]
  let ctx: Context | null = null
  let sweepAt = SWEPT_EVERY

  const sweep = (): void => {
    if (ended.size < sweepAt) return
    const at = new Date().toISOString()
    for (const [seal, { until }] of ended) if (until !== null && until < at) ended.delete(seal)
    sweepAt = ended.size + SWEPT_EVERY
  }
  const remember = ({ ended: rows, groups, writes }: Marks): void => {
    const heard = performance.now()
    for (const { seal, until } of rows) if (!ended.has(seal)) ended.set(seal, { until, heard })
    for (const [group, at] of groups) {
      hear(groupEnds, group, { value: at, heard })
      // The clock of the process that ended it may be ahead.
      lastEnd = Math.max(lastEnd, at)
    }
    for (const [folderId, count] of writes) hear(written, folderId, { value: count, heard })
    sweep()
  }
  return {
    isEnded(seal, start = Infinity) {
      const end = ended.get(seal)
      return end !== undefined && end.heard <= start
    },
    endOf: (group, start) => heardBy(groupEnds.get(group), start),
    sealsAt() {
      const at = Math.max(Date.now(), lastEnd)
      lastSeal = Math.max(lastSeal, at)
      return at
    },
    endsAt() {
      lastEnd = Math.max(Date.now(), lastSeal + 1, lastEnd)
      return lastEnd
    },
    writesOf: (folderId, start) => heardBy(written.get(folderId), start) ?? 0,
    kept: remember,
    async keep(tx, { ended, groups, writes }) {
      if (!ctx) throw new Error('nothing is written before the process is set up')
      const at = ctx.now().toISOString()
      // What is over in any case, such as an item of the trash that is purged, needs no mark.
      const marked = ended.filter(({ until }) => until === null || until >= at)
      if (marked.length > 0 || groups.size > 0 || writes.size > 0)
        await keepMarks(ctx, tx, { ended: marked, groups, writes })
    },
    outside(marks) {
      remember(marks)
      if (ctx) marksOutside(ctx, marks)
    },
    writeTo(context) {
      ctx = context
    },
    catchUp: marksReader({ keyring, report, take: remember }),
  }
}

/** Rows of the audit log go: what of their marks still matters is marked by this transaction once more. */
export function carryMarks({ authority, now }: Pick<Context, 'authority' | 'now'>, texts: readonly string[]): void {
  const at = now().toISOString()
  for (const { ended, groups, writes } of texts.map(parseMarks)) {
    markEnded(
      authority,
      ended.filter(({ until }) => until === null || until >= at),
    )
    for (const [name, end] of groups)
      if ((authority.endOf(name) ?? 0) <= end) markGroupEnded(authority, { name, at: end })
    // A later row has the count of those that were written again.
    for (const [folderId, count] of writes) if (authority.writesOf(folderId) <= count) markWritten(folderId, count)
  }
}
