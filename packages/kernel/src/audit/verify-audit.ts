import type { Context } from '../context.ts'
import { DecryptionError, type DataKey } from '../crypto/data-key.ts'
import { chainKey, earlierRows, floorSealOf, hashOf, readHead, readMark, sealOf } from './audit-head.ts'
import { rowsAfter } from './audit-page.ts'
import { readFloor, type AuditHead, type AuditRow } from './audit.ts'

export interface Verified {
  /** Rows whose hash was checked. */
  rows: number
  /** Up to where rows were taken off because of their age; null: none were. */
  floor: { seq: number; at: string } | null
  /**
   * The end of the chain. Noted elsewhere, it later proves that nothing before it was replaced together with the end.
   */
  head: { seq: number; hash: string } | null
  /** The first thing that is wrong; null when nothing is. */
  problem: AuditProblem | null
}

interface AuditProblem {
  kind: 'changed' | 'removed' | 'reordered' | 'truncated' | 'added' | 'head'
  /** Place in the chain. */
  seq: number
  /** Of the row, where there is one. */
  id: string | null
  message: string
}

const PAGE = 1000

/**
 * Reads the whole audit log and names the first row that was changed, removed, moved or added, or that the end is
 * missing. `expected`: an earlier `head`; that row must still be there, unless it is older than the log may be: then it
 * can't be known. May run while the service serves: rows that are added meanwhile are not checked.
 */
export async function verifyAudit(ctx: Context, expected?: { seq: number; hash: string }): Promise<Verified> {
  const head = await readHead(ctx.db)
  const marked = await readMark(ctx, ctx.db)
  if (!head) {
    const used = await ctx.db.selectFrom('organizations').select('id').executeTakeFirst()
    const problem =
      used || expected
        ? wrong(
            'truncated',
            marked ?? 0,
            null,
            'The end of the audit log, kept beside it, is missing: the log was cut off or deleted.',
          )
        : null
    return { rows: 0, floor: null, head: null, problem }
  }
  const floor = await readFloor(ctx.db)
  const begun = floor ? { seq: floor.seq, at: floor.at } : null
  const ended = (last: number, problem: AuditProblem | null): Verified => ({
    rows: Math.max(0, last - (floor?.seq ?? 0)),
    floor: begun,
    head: { seq: head.seq, hash: head.hash },
    problem,
  })
  let key
  try {
    key = chainKey(ctx, head)
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error
    return ended(0, wrong('head', head.seq, null, 'The key of the audit log does not open with the present root key.'))
  }
  if (floor && floor.seal !== floorSealOf(key, floor))
    return ended(0, wrong('head', floor.seq, null, 'The beginning of the audit log, kept beside it, was changed.'))
  if (floor && expected && (expected.seq < floor.seq || (expected.seq === floor.seq && expected.hash !== floor.hash))) {
    const message = `Row ${expected.seq} cannot be compared: rows up to ${floor.seq} were taken off for their age. Note a later end.`
    return ended(0, wrong('removed', expected.seq, null, message))
  }
  const { last, problem } = await followChain(ctx, key, floor ?? { seq: 0, hash: '' }, head.seq, expected)
  return ended(last.seq, problem ?? (await problemAtEnd(ctx, { head, key, last, marked, expected })))
}

type ChainRow = Pick<AuditHead, 'seq' | 'hash'>

/** Checks the rows after `from` one by one, up to the first that is wrong. `last`: the one before that. */
async function followChain(
  ctx: Context,
  key: DataKey,
  from: ChainRow,
  end: number,
  expected: ChainRow | undefined,
): Promise<{ last: ChainRow; problem: AuditProblem | null }> {
  let last = from
  for (;;) {
    const { rows, isLast } = await rowsAfter(ctx.db, { after: last.seq, end, limit: PAGE })
    for (const row of rows) {
      const problem = checked(row, last.seq + 1, last.hash, hashOf(key, row))
      if (problem) return { last, problem }
      if (expected?.seq === row.seq && expected.hash !== row.hash) {
        const message = `Row ${row.seq} is not the one that was noted.`
        return { last, problem: wrong('changed', row.seq, row.id, message) }
      }
      last = { seq: row.seq, hash: row.hash }
    }
    if (isLast) return { last, problem: null }
  }
}

interface End {
  head: AuditHead
  key: DataKey
  /** The last row of the chain. */
  last: ChainRow
  /** The end that the organization notes. */
  marked: number | null
  expected: ChainRow | undefined
}

/** What is wrong after the last row, or with the rows beside the chain. */
async function problemAtEnd(
  ctx: Context,
  { head, key, last: { seq, hash }, marked, expected }: End,
): Promise<AuditProblem | null> {
  if (head.seal !== sealOf(key, head))
    return wrong('head', head.seq, null, 'The end of the audit log, kept beside it, was changed.')
  const cutOff = (end: number): AuditProblem =>
    wrong('truncated', seq + 1, null, `The log ends at row ${seq}, but it continued to row ${end}.`)
  if (seq < head.seq || (expected && expected.seq > seq)) return cutOff(Math.max(head.seq, expected?.seq ?? 0))
  if (hash !== head.hash) return wrong('truncated', seq, null, `Row ${seq} is not the one that the log ended with.`)
  if (marked === null)
    return wrong('head', seq, null, 'What the organization notes of the audit log is missing or was changed.')
  if (marked > head.seq) return cutOff(marked)
  const added = await rowBeyond(ctx)
  if (added) return wrong('added', added.seq ?? 0, added.id, 'A row stands outside the chain.')
  const earlier = await earlierRows(ctx.db, key)
  if (earlier.rows !== head.before)
    return wrong('added', 0, null, `${head.before} rows are older than the chain, and ${earlier.rows} are there.`)
  if (earlier.digest !== head.beforeDigest)
    return wrong('changed', 0, null, 'A row that is older than the chain was changed.')
  return null
}

/** A row without a place, or after the end. What is written meanwhile is not: the end is read after it. */
async function rowBeyond(ctx: Context): Promise<{ id: string; seq: number | null } | null> {
  const [unplaced, last] = await Promise.all([
    ctx.db.selectFrom('audit').where('seq', 'is', null).select(['id', 'seq']).limit(1).executeTakeFirst(),
    ctx.db
      .selectFrom('audit')
      .where('seq', '>', 0)
      .orderBy('seq', 'desc')
      .select(['id', 'seq'])
      .limit(1)
      .executeTakeFirst(),
  ])
  if (unplaced) return unplaced
  const head = await readHead(ctx.db)
  return last && head && last.seq > head.seq ? last : null
}

function checked(row: AuditRow, place: number, before: string, hash: string): AuditProblem | null {
  const at = `Row ${row.seq} (${row.at}, ${row.action})`
  if (row.hash !== hash) return wrong('changed', row.seq, row.id, `${at} was changed.`)
  if (row.seq !== place)
    return wrong('removed', place, null, `Row ${place} was removed; the next one is row ${row.seq}.`)
  if (row.prevHash !== before) return wrong('reordered', row.seq, row.id, `${at} does not follow the row before it.`)
  return null
}

const wrong = (kind: AuditProblem['kind'], seq: number, id: string | null, message: string): AuditProblem => ({
  kind,
  seq,
  id,
  message,
})
