/**
 * Reads the text of a `.env` file as the `dotenv` package (18) does, in time that grows with its length only: that
 * package's pattern is quadratic in blank lines. It also says which lines are refused, and which ones other readers, or
 * a person, would read differently.
 */
import { timeSlice } from '@keyferry/db'
import { isReadAlike } from './dotenv-readers.ts'
import { beginsPemBlock, endOfPemBlock } from './pem-block.ts'

export interface ParsedDotenv {
  /** In the order of the file; a later one of the same key wins. */
  assignments: Assignment[]
  /** The first lines that are not taken. */
  refused: RefusedLines[]
  /** How many more there are. */
  moreRefused: number
}

export interface Assignment {
  key: string
  value: string
  /** Number, from 1, of the line that it begins in. */
  line: number
  /** In single quotes, which mean text as it is in every reader that fills anything in. */
  isLiteral: boolean
  /** The value ends at a `#` without a blank before it: python-dotenv, Docker Compose and Symfony keep what follows. */
  isCut: boolean
  /** dotenv, Node and python-dotenv agree on it. */
  isReadAlike: boolean
}

/**
 * Lines that are neither an assignment, nor a comment, nor blank. Never their content: it may be a piece of a secret.
 */
export interface RefusedLines {
  /** Numbers, from 1. */
  from: number
  to: number
  problem: 'no-assignment' | 'pem-block'
  /** The key that a PEM block was to be the value of. */
  key: string | null
}

const MAX_REFUSED = 1000

const SPACE = /\s*/y
const KEY = /[\w.-]+/y
/** Neither a comment nor the end of the line. */
const UNQUOTED = /[^#\n]*/y
const SPACE_IN_LINE = /[^\S\n]*/y
const QUOTES = '\'"`'
/**
 * A line of encoded data: behind a refused line it continues with that, although its padding looks like an assignment.
 */
const BASE64_LINE = /[A-Za-z0-9+/]{24,}={0,2}[^\S\n]*(?=\n|$)/y

export async function parseDotenv(content: string): Promise<ParsedDotenv> {
  // Some readers take a lone carriage return for the end of a line, others drop it.
  const hasLoneReturn = /\r(?!\n)/.test(content)
  const text = content.replaceAll(/\r\n?/g, '\n')
  const assignments: Assignment[] = []
  const refused: RefusedLines[] = []
  let moreRefused = 0
  const refuse = (lines: RefusedLines): void => {
    if (refused.length < MAX_REFUSED) refused.push(lines)
    else moreRefused++
  }
  const slice = timeSlice()
  const lineOf = lineCounter(text)
  // Where the line behind a refused one begins.
  let afterRefused = -1
  for (let at = 0; at < text.length;) {
    if (slice.isOver()) await slice.rest()
    const start = after(SPACE, text, at)
    if (start === text.length) break
    const lineEnd = endOfLine(text, start)
    if (text[start] === '#') {
      at = lineEnd + 1
      continue
    }
    const goesOn = start === afterRefused && after(BASE64_LINE, text, start) > start
    const found = goesOn ? null : assignmentAt(text, start)
    const block = (found?.quote ?? null) === null && beginsPemBlock(found?.value ?? text.slice(start, lineEnd))
    if (found && !block) {
      const end = endOfLine(text, found.end)
      assignments.push({
        key: found.key,
        value: found.value,
        line: lineOf(start),
        isLiteral: found.quote === "'",
        isCut: text[found.end] === '#' && found.quote === null && !/\s/.test(text[found.end - 1] ?? ''),
        isReadAlike: !hasLoneReturn && isReadAlike(text.slice(start, end)),
      })
      at = end + 1
      continue
    }
    const from = lineOf(start)
    const end = block ? endOfPemBlock(text, lineEnd) : lineEnd
    refuse({ from, to: lineOf(end), problem: block ? 'pem-block' : 'no-assignment', key: found?.key ?? null })
    at = afterRefused = end + 1
  }
  return { assignments, refused, moreRefused }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** The number, from 1, of the line that an index is in; indices must be passed in growing order. */
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

interface Found {
  key: string
  value: string
  /** Null without quotes around all of the value. */
  quote: string | null
  /** Where its value ends. */
  end: number
}

/** The assignment that begins at `start`, after white space. */
function assignmentAt(text: string, start: number): Found | null {
  // A key may itself be called `export`.
  const exported = text.startsWith('export', start) ? after(SPACE, text, start + 6) : start
  return (exported > start + 6 ? keyAndValue(text, exported) : null) ?? keyAndValue(text, start)
}

function keyAndValue(text: string, start: number): Found | null {
  const keyEnd = after(KEY, text, start)
  if (keyEnd === start) return null
  const key = text.slice(start, keyEnd)
  const equals = after(SPACE, text, keyEnd)
  if (text[equals] === '=') return { key, ...valueAt(text, equals + 1) }
  if (text[keyEnd] === ':' && /\s/.test(text[keyEnd + 1] ?? '')) return { key, ...valueAt(text, keyEnd + 2) }
  return null
}

function valueAt(text: string, start: number): Omit<Found, 'key'> {
  const open = after(SPACE, text, start)
  const quote = text[open] ?? ''
  const close = quote !== '' && QUOTES.includes(quote) ? closingQuote(text, open) : -1
  if (close >= 0) return { value: unescaped(quote, text.slice(open + 1, close)), quote, end: close + 1 }
  const end = after(UNQUOTED, text, start)
  const value = text.slice(start, end).trim()
  const first = value[0] ?? ''
  const quoted = value.length > 1 && QUOTES.includes(first) && value.endsWith(first)
  return { value: unescaped(first, quoted ? value.slice(1, -1) : value), quote: quoted ? first : null, end }
}

/**
 * The last quote after `open` that only a comment or the end of the line follows, up to the first one without a
 * backslash before it; -1 when there is none.
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
