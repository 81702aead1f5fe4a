/** Parameters in one statement are limited: 32,766 in SQLite. */
const CHUNK = 500

/** `items` in pieces that fit into one statement. */
export function chunks<T>(items: readonly T[]): T[][] {
  const cut: T[][] = []
  for (let from = 0; from < items.length; from += CHUNK) cut.push(items.slice(from, from + CHUNK))
  return cut
}
