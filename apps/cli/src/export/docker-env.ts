/** Bytes of the longest line that Docker's reader takes (Go's bufio.MaxScanTokenSize, its new line not counted). */
const MAX_LINE_BYTES = 65_535

/**
 * A line for `docker run --env-file`, which takes everything after the first `=` as it is, quotes too; null for what no
 * line of it holds: more than one line, a carriage return at its end, a name with a blank.
 */
export function dockerEnvLine(key: string, value: string): string | null {
  const line = `${key}=${value}`
  const isHeld =
    /^[^\s=#][^\s=]*$/u.test(key) &&
    !/[\0\n]/.test(value) &&
    !value.endsWith('\r') &&
    Buffer.byteLength(line) <= MAX_LINE_BYTES
  return isHeld ? `${line}\n` : null
}
