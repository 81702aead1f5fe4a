/** Texts about a failure stay short, however long the names in them and however many things failed. Pure. */

/** Bytes, as JSON, of the message of an error. With its lists and its frame an error has at most 8 kB. */
export const MAX_MESSAGE_BYTES = 3000
/** Bytes, as JSON, of a list inside an error. */
export const MAX_LIST_BYTES = 4000
/** Bytes, as JSON, of a sentence about one secret: lists repeat it for every secret that refers to it. */
export const MAX_PROBLEM_BYTES = 1000

/** Items that a sentence names. */
const NAMED = 10
/** Bytes, as JSON, of a name in a text: a key has at most 255 characters, a reference may be as long as a value. */
export const MAX_NAME_BYTES = 300
/** No list in an error can have more items: the least of them has as many bytes. */
const MOST_ISSUES = MAX_LIST_BYTES / 10
const CUT = '…'

const size = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2

/** `text`, or its beginning and `…` where it is longer than `most` bytes as JSON. */
export function shortened(text: string, most: number): string {
  // A character has at least a byte, so the rest of a long text isn't even measured.
  if (text.length <= most && size(text) <= most) return text
  let [fits, tooLong] = [0, Math.min(text.length, most) + 1]
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1
    if (size(text.slice(0, middle)) + CUT_BYTES <= most) fits = middle
    else tooLong = middle
  }
  const start = text.slice(0, fits)
  return (start.isWellFormed() ? start : start.slice(0, -1)) + CUT
}
const CUT_BYTES = size(CUT)

/** The first ten of `items` in words, and how many more there are. */
export function named<T>(items: readonly T[], words: (item: T) => string, separator = ', '): string {
  const shown = items.slice(0, NAMED).map((item) => shortened(words(item), MAX_NAME_BYTES))
  const more = items.length - shown.length
  return shown.join(separator) + (more > 0 ? `${separator}and ${more} more` : '')
}

/** As many of the first `items` as have at most `MAX_LIST_BYTES` as JSON. The items themselves have to be short. */
export function few<T>(items: readonly T[]): T[] {
  let left = MAX_LIST_BYTES
  const end = items.findIndex((item) => (left -= Buffer.byteLength(JSON.stringify(item)) + 1) < 0)
  return end < 0 ? [...items] : items.slice(0, end)
}

/** An issue of a schema as it may be shown: a name in its path is as long as what was sent. */
const shortIssue = ({ path, message }: Issue): Issue => ({
  path: path.slice(0, 10).map((part) => (typeof part === 'string' ? shortened(part, MAX_NAME_BYTES / 2) : part)),
  message: shortened(message, MAX_PROBLEM_BYTES),
})

export interface Issue {
  path: readonly PropertyKey[]
  message: string
}

/** Issues as a sentence, and the first of them as a list. */
export const shortIssues = (issues: readonly Issue[]): { message: string; issues: Issue[] } => ({
  message: named(
    issues,
    ({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message),
    '; ',
  ),
  issues: few(issues.slice(0, MOST_ISSUES).map(shortIssue)),
})
