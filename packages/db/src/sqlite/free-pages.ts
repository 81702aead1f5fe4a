import { sql, type Transaction } from 'kysely'
import { isPostgres } from '../statements/dialect.ts'
import type { Tables } from '../tables.ts'

/** Few enough that no writer waits for long. */
const PAGES = 500
/** Left in the file: writes soon need them again. */
const KEPT = 1_000

/**
 * Returns some of the store's free pages to the disk; resolves to whether there are more. Does nothing on Postgres,
 * which has its own vacuum, and in a file that was made without `auto_vacuum` (docs/upgrading.md).
 */
export async function returnFreePages(tx: Transaction<Tables>): Promise<boolean> {
  if (isPostgres(tx)) return false
  const { rows } = await sql<{ free: number; mode: number }>`
    select freelist_count as free, auto_vacuum as mode from pragma_freelist_count, pragma_auto_vacuum`.execute(tx)
  const { free = 0, mode = 0 } = rows[0] ?? {}
  if (mode !== INCREMENTAL || free <= KEPT) return false
  const some = Math.min(PAGES, free - KEPT)
  // A prepared statement returns one page, whatever number it names: the driver steps it once.
  for (let page = 0; page < some; page++) await sql`pragma incremental_vacuum(1)`.execute(tx)
  return free - some > KEPT
}

const INCREMENTAL = 2
