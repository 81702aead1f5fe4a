/** Rows of the audit log, as many at a time as have room in memory: one that names thousands of keys has megabytes. */
import type { Db } from '@keyferry/db'
import { sql } from 'kysely'
import type { AuditRow } from './audit.ts'

/** Bytes of details on one page. */
const PAGE_BYTES = 8 * 1024 * 1024

/** What `placesWithRoom` needs of a row. Its text isn't read for it. */
export const placeAndBytes = ['seq', sql<number | string>`octet_length(details)`.as('bytes')] as const

/** The places of the first rows that have room together, one at least. */
export function placesWithRoom(rows: readonly { seq: number; bytes: number | string }[]): number[] {
  let left = PAGE_BYTES
  const places: number[] = []
  for (const { seq, bytes } of rows) {
    left -= Number(bytes)
    if (left < 0 && places.length > 0) break
    places.push(seq)
  }
  return places
}

interface Part {
  after: number
  end: number
  limit: number
  /** Only rows with marks of what must not come back. */
  isMarked?: boolean
}

/** Up to `limit` rows after the place `after`, oldest first. `isLast`: none is left up to the place `end`. */
export async function rowsAfter(
  db: Db,
  { after, end, limit, isMarked = false }: Part,
): Promise<{ rows: AuditRow[]; isLast: boolean }> {
  const upTo = (last: number) => {
    const query = db.selectFrom('audit').where('seq', '>', after).where('seq', '<=', last).orderBy('seq').limit(limit)
    return isMarked ? query.where('marks', 'is not', null) : query
  }
  const found = await upTo(end).select(placeAndBytes).execute()
  const places = placesWithRoom(found)
  const last = places.at(-1)
  const rows = last === undefined ? [] : await upTo(last).selectAll().execute()
  return { rows, isLast: found.length < limit && places.length === found.length }
}
