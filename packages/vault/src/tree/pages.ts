/** Rows in pages: SQLite carries a statement out in one piece while everybody waits, and they rest between two. */

/** Rows of a page; each may have 100 kB. */
export const PAGE = 100
/** Rows of a page whose rows are small. */
export const PAGE_OF_SMALL_ROWS = 500

/**
 * All rows, page by page. `next` reads up to a page of those that come after a row, in order; undefined for the first.
 */
export async function* pagesOf<Row>(next: (after: Row | undefined) => Promise<Row[]>): AsyncGenerator<Row[]> {
  for (let page = await next(undefined); page.length > 0; page = await next(page.at(-1))) yield page
}

/** Deletes page by page, until `remove` found nothing more. */
export async function deletePages(remove: () => Promise<{ numDeletedRows: bigint }>): Promise<void> {
  while ((await remove()).numDeletedRows > 0n);
}
