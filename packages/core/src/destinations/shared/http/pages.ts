import { DestinationError } from '../../destination-error.ts'

export interface Page<Row> {
  rows: readonly Row[]
  /** What leads to the next page; null or empty on the last one. */
  next: string | null | undefined
}

/** More than any vendor's largest listing has; one that never ends must not run forever. */
const MOST_PAGES = 2_000
/** Characters of JSON, for the same reason: a page may have 32 MB, and all of them are in memory together. */
const MOST_CHARACTERS = 128 * 1024 * 1024

/**
 * All rows of a listing, page after page, `from` null at the first. Complete, or it throws: a half-read listing would
 * make keys look absent. Throws `unavailable` for a listing that leads back to a page, has no end, or is too large.
 */
export async function readPages<Row>(read: (from: string | null) => Promise<Page<Row>>): Promise<Row[]> {
  const found: Row[] = []
  const seen = new Set<string>()
  let characters = 0
  for (let from: string | null = null; seen.size < MOST_PAGES && characters < MOST_CHARACTERS;) {
    const { rows, next }: Page<Row> = await read(from)
    for (const row of rows) found.push(row)
    if (next === null || next === undefined || next === '') return found
    if (seen.has(next)) break
    characters += JSON.stringify(rows).length
    seen.add(next)
    from = next
  }
  throw new DestinationError(
    'unavailable',
    'The listing repeats a page, has no end or is too large, so that it cannot be read whole; try again later',
  )
}

export interface NumberedPage<Row> {
  rows: readonly Row[]
  /** All rows of the listing, as the vendor counts them; null where it does not say. */
  total: number | null
  isLast: boolean
}

/**
 * The same for pages that are numbered from 1, where a row that is deleted meanwhile moves another one across the
 * border of two pages. A listing that does not have as many rows as every page of it says, or that repeats a page, is
 * read once more, then it is `unavailable`. `idOf` distinguishes rows.
 */
export async function readNumberedPages<Row>(
  read: (page: number) => Promise<NumberedPage<Row>>,
  idOf: (row: Row) => string,
): Promise<Row[]> {
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const counted = new Set<number>()
    const distinct = new Map<string, Row>()
    let isRepeated = false
    await readPages(async (from) => {
      const page = Number(from ?? 1)
      const { rows, total, isLast } = await read(page)
      if (total !== null) counted.add(total)
      isRepeated = rows.length > 0 && rows.every((row) => distinct.has(idOf(row)))
      for (const row of rows) distinct.set(idOf(row), row)
      return { rows, next: isLast || isRepeated ? null : String(page + 1) }
    })
    if (!isRepeated && [...counted].every((total) => total === distinct.size)) return [...distinct.values()]
  }
  throw new DestinationError(
    'unavailable',
    'The listing repeats a page, or has other rows than the provider counts: they change while they are listed. Try again later',
  )
}
