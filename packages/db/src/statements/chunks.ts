/** Rows, or values, of one statement. Its parameters are limited: to 32,766 in SQLite. */
const CHUNK = 500
/** Bytes in one statement: SQLite carries it out in one piece while everybody waits. */
const CHUNK_BYTES = 4 * 1024 * 1024

/** `items` in pieces that fit into one statement. `bytesOf`: what an item takes, where that is not little. */
export function chunks<T>(items: readonly T[], bytesOf: (item: T) => number = () => 0): T[][] {
  const cut: T[][] = []
  let [piece, bytes]: [T[], number] = [[], 0]
  for (const item of items) {
    const size = bytesOf(item)
    if (piece.length === CHUNK || (piece.length > 0 && bytes + size > CHUNK_BYTES)) {
      cut.push(piece)
      ;[piece, bytes] = [[], 0]
    }
    piece.push(item)
    bytes += size
  }
  if (piece.length > 0) cut.push(piece)
  return cut
}
