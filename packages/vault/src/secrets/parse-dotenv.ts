/**
 * Reads the text of a `.env` file as the `dotenv` package (18) does, in time that grows with its length only: that package's pattern is
 * quadratic in blank lines. It also tells which lines are neither an assignment, nor a comment, nor blank.
 */
import { timeSlice } from '@keyferry/db'

export interface ParsedDotenv {
  /** A later line wins over an earlier one. */
  entries: Map<string, string>
  /** Numbers, from 1, of the first lines that say nothing. */
  strayLines: number[]
  /** How many such lines there are. */
  stray: number
}

const MAX_STRAY_LINES = 1000

const SPACE = /\s*/y
const KEY = /[\w.-]+/y
/** Neither a comment nor the end of the line. */
const UNQUOTED = /[^#\n]*/y
const SPACE_IN_LINE = /[^\S\n]*/y
const QUOTES = '\'"`'

export async function parseDotenv(content: string): Promise<ParsedDotenv> {
  const text = content.replaceAll(/\r\n?/g, '\n')
  const entries = new Map<string, string>()
  const strayLines: number[] = []
  let stray = 0
  const slice = timeSlice()
  const lineOf = lineCounter(text)
  for (let at = 0; at < text.length;) {
    if (slice.isOver()) await slice.rest()
    const start = after(SPACE, text, at)
    if (start === text.length) break
    const found = text[start] === '#' ? null : assignmentAt(text, start)
    if (found) entries.set(found.key, found.value)
    else if (text[start] !== '#' && ++stray <= MAX_STRAY_LINES) strayLines.push(lineOf(start))
    const end = text.indexOf('\n', found?.end ?? start)
    at = end < 0 ? text.length : end + 1
  }
  return { entries, strayLines, stray }
}

/** The number, from 1, of the line that an index is in; to be asked for indices that grow. */
function lineCounter(text: string): (index: number) => number {
  let line = 1
  let lineStart = 0
  return (index) => {
    for (let end = text.indexOf('\n', lineStart); end >= 0 && end < index; end = text.indexOf('\n', lineStart)) {
      lineStart = end + 1
      line++
    }
    return line
  }
}

interface Assignment {
  key: string
  value: string
  /** Where its value ends. */
  end: number
}

/** The assignment that begins at `start`, after white space. */
function assignmentAt(text: string, start: number): Assignment | null {
  // A key may itself be called `export`.
  const exported = text.startsWith('export', start) ? after(SPACE, text, start + 6) : start
  return (exported > start + 6 ? keyAndValue(text, exported) : null) ?? keyAndValue(text, start)
}

function keyAndValue(text: string, start: number): Assignment | null {
  const keyEnd = after(KEY, text, start)
  if (keyEnd === start) return null
  const key = text.slice(start, keyEnd)
  const equals = after(SPACE, text, keyEnd)
  if (text[equals] === '=') return { key, ...valueAt(text, equals + 1) }
  if (text[keyEnd] === ':' && /\s/.test(text[keyEnd + 1] ?? '')) return { key, ...valueAt(text, keyEnd + 2) }
  return null
}

function valueAt(text: string, start: number): { value: string; end: number } {
  const open = after(SPACE, text, start)
  const quote = text[open] ?? ''
  const close = quote !== '' && QUOTES.includes(quote) ? closingQuote(text, open) : -1
  if (close >= 0) return { value: unescaped(quote, text.slice(open + 1, close)), end: close + 1 }
  const end = after(UNQUOTED, text, start)
  const value = text.slice(start, end).trim()
  const first = value[0] ?? ''
  const quoted = value.length > 1 && QUOTES.includes(first) && value.endsWith(first)
  return { value: unescaped(first, quoted ? value.slice(1, -1) : value), end }
}

/**
 * The last quote after `open` that only a comment or the end of the line follows, up to the first one without a backslash before it; -1 when there
 * is none.
 */
function closingQuote(text: string, open: number): number {
  const quote = text[open] ?? ''
  let close = -1
  for (let at = text.indexOf(quote, open + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    const next = text[after(SPACE_IN_LINE, text, at + 1)]
    if (next === undefined || next === '\n' || next === '#') close = at
    if (text[at - 1] !== '\\' || at - 1 === open) break
  }
  return close
}

const unescaped = (quote: string, value: string): string =>
  quote === '"' ? value.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : value

/** Where a match of a sticky pattern that takes any number of characters ends. */
function after(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : start
}
