/** Reads the audit log in the order of its chain, up to its sealed end. */
import {
  chainKey,
  floorSealOf,
  hashOf,
  readFloor,
  readHead,
  rowsAfter,
  sealOf,
  type AuditRow,
  type Context,
} from '@keyferry/kernel'

/**
 * Up to `limit` rows after place `after`, oldest first; where older ones were taken off for their age, those that are
 * left. Each was checked against the row before it. `problem`: what is wrong with the row that comes next, or with the
 * end of the log; null when nothing is. Throws `DecryptionError` under another root key.
 */
export async function readChain(
  ctx: Pick<Context, 'db' | 'keyring'>,
  after: number,
  limit: number,
): Promise<{ rows: AuditRow[]; problem: string | null }> {
  const head = await readHead(ctx.db)
  if (!head) return { rows: [], problem: after > 0 ? 'Its end is missing.' : null }
  const key = chainKey(ctx, head)
  if (head.seal !== sealOf(key, head)) return { rows: [], problem: 'Its end was changed outside Keyferry.' }
  if (after > head.seq)
    return { rows: [], problem: `Row ${after} was delivered, but it ends at row ${head.seq}: rows were taken away.` }
  const floor = await readFloor(ctx.db)
  if (floor && floor.seal !== floorSealOf(key, floor))
    return { rows: [], problem: 'Its beginning was changed outside Keyferry.' }
  const start = floor && floor.seq >= after ? floor : { seq: after, hash: after > 0 ? await hashAt(ctx, after) : '' }
  const { rows: found, isLast } = await rowsAfter(ctx.db, { after: start.seq, end: head.seq, limit })
  const rows: AuditRow[] = []
  let { seq, hash } = start
  for (const row of found) {
    if (row.seq !== seq + 1 || row.prevHash !== hash || row.hash !== hashOf(key, row)) break
    rows.push(row)
    ;({ seq, hash } = row)
  }
  const isWhole = rows.length === found.length && (!isLast || seq === head.seq)
  return { rows, problem: isWhole ? null : `Row ${seq + 1} of it was changed or removed outside Keyferry.` }
}

const hashAt = async ({ db }: Pick<Context, 'db'>, seq: number): Promise<string> =>
  (await db.selectFrom('audit').where('seq', '=', seq).select('hash').executeTakeFirst())?.hash ?? ''
