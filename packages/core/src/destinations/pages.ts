import { DestinationError } from './destination-error.ts'

export interface Page<Row> {
  rows: readonly Row[]
  /** What leads to the next page; null or empty on the last one. */
  next: string | null | undefined
}

/** More than any vendor's largest listing has; one that never ends must not run forever. */
const MOST_PAGES = 2_000

/**
 * All rows of a listing, page after page, `from` null at the first. Complete, or it throws: a half-read listing would
 * make keys look absent. Throws `unavailable` for a listing that leads back to a page, or has no end.
 */
export async function readPages<Row>(read: (from: string | null) => Promise<Page<Row>>): Promise<Row[]> {
  const found: Row[] = []
  const seen = new Set<string>()
  for (let from: string | null = null; seen.size < MOST_PAGES;) {
    const { rows, next }: Page<Row> = await read(from)
    found.push(...rows)
    if (next === null || next === undefined || next === '') return found
    if (seen.has(next)) break
    seen.add(next)
    from = next
  }
  throw new DestinationError(
    'unavailable',
    'The listing repeats a page or has no end, so that it cannot be read whole; try again later',
  )
}
