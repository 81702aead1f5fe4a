const BEGIN = /^['"`]?-{4,5} ?BEGIN [^\n]*-{4,5}/
const END = /-{4,5} ?END /
/** Base64 with a checksum or padding, a header such as `Proc-Type: 4,ENCRYPTED`, or the blank line behind those. */
const INSIDE = /^(?:=?[A-Za-z0-9+/]+={0,2}|[A-Za-z][A-Za-z0-9-]*: .*)?$/

/** Whether a value, or a line, begins a PEM block (RFC 7468, or one of OpenSSH or PGP) and does not end it. */
export const beginsPemBlock = (text: string): boolean => BEGIN.test(text) && !END.test(text)

/**
 * Where the rest of a PEM block ends whose first line ends at `from`: behind its last line, or before the first line
 * that can't be one of its own. It looks at no line twice, so that a file of beginnings costs no more than another.
 */
export function endOfPemBlock(text: string, from: number): number {
  let end = from
  for (let start = from + 1; start <= text.length;) {
    const lineEnd = text.indexOf('\n', start)
    const next = lineEnd < 0 ? text.length : lineEnd
    const line = text.slice(start, next).trim()
    if (END.test(line)) return next
    if (!INSIDE.test(line)) break
    if (line !== '') end = next
    if (lineEnd < 0) break
    start = next + 1
  }
  return end
}
