/**
 * What is done about a row whose seal is missing or wrong: the log and the audit log say so, once per process and row.
 * It is left out of the answer, or the query fails with `IntegrityBroken` when the answer would be a wrong one without
 * it.
 */
import { NEEDED_TABLES, type MarkedTable, type SealedTable, type Sealer } from '@keyferry/db'
import { audit } from '../audit/audit.ts'
import { SYSTEM, type Context } from '../context.ts'
import { IntegrityBroken } from '../errors.ts'
import { transact } from '../transaction.ts'

export interface Integrity {
  refused: Sealer['refused']
  /** The same of a row of the audit log, by its place, or of its `end`: what it says is not taken in. */
  ofAudit(row: string): void
  /** Reports what was refused so far, and from now on, to the logs of `ctx`. */
  reportTo(ctx: Context): void
}

type Table = SealedTable | MarkedTable | 'audit'

/** Somebody may break every row: more than this are not reported one by one. */
const REPORTED = 1_000

export function integrity(): Integrity {
  const known = new Set<string>()
  const waiting: { table: Table; id: string }[] = []
  let report = (table: Table, id: string): void => void waiting.push({ table, id })
  const reportOnce = (table: Table, id: string): void => {
    const name = `${table} ${id}`
    if (known.has(name) || known.size >= REPORTED) return
    known.add(name)
    report(table, id)
  }
  return {
    refused(table, id) {
      reportOnce(table, id)
      if (NEEDED_TABLES.includes(table)) throw changedOutside(table, id)
    },
    ofAudit: (row) => reportOnce('audit', row),
    reportTo(ctx) {
      report = (table, row) => {
        ctx.log.warn({ part: 'integrity', table, row }, 'a row was changed outside Keyferry; it is ignored')
        // Not awaited: who reads the row may hold the transaction that this one waits for.
        transact(ctx, (tx) => audit(ctx, tx, SYSTEM, 'integrity.failure', null, { table, row })).catch(
          (error: unknown) => ctx.log.warn({ part: 'integrity', err: error }, 'the audit log does not say so'),
        )
      }
      for (const { table, id } of waiting.splice(0)) report(table, id)
    },
  }
}

const changedOutside = (table: Table, id: string): IntegrityBroken =>
  new IntegrityBroken(
    `The row ${id} of ${table} was changed outside Keyferry, so nothing that needs it is done. Restore a backup, or undo the change; "keyferry admin verify-store" lists such rows.`,
    { table, row: id },
  )
