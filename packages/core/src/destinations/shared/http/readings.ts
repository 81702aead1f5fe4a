/**
 * What a text may stand for: itself, and every decoding of it that a server's message could have of what it was sent.
 */

/** A byte, and the characters of the text that it comes from. */
interface Cell {
  byte: number
  from: number
  /** Behind the last one. */
  to: number
}

/** One way to read a text: its bytes as `comparable` has them, and where each comes from. */
export interface Reading {
  bytes: Buffer
  cells: readonly Cell[]
}

/**
 * The text as it is, without escapes (percent, HTML, backslash, and all of them; once and twice), from base64 in both
 * alphabets and from hex at every alignment, and backwards. The number of readings is fixed, each is at most as long as
 * the text in UTF-8.
 */
export function readingsOf(text: string): Reading[] {
  const characters = cellsOf(text)
  const plain = characters.flat()
  const unescaped = withoutEscapes(plain, ESCAPE)
  // Each kind apart, too: what a secret itself has of another kind, such as `%ed`, stays as it is.
  const kinds = [ESCAPE, ...ESCAPES].flatMap((kind) => {
    const once = withoutEscapes(plain, kind)
    return [once, withoutEscapes(once, kind)]
  })
  // A form writes a blank as a plus, and a plus as an escape.
  const fromForm = withoutEscapes(plain.map(plusAsBlank), ESCAPE)
  const texts = [plain, ...kinds, fromForm, unescaped.map(plusAsBlank)]
  const decoded = [plain, unescaped].flatMap((cells) => [...fromBase64(cells), ...fromHex(cells)])
  return [...texts, ...decoded, characters.toReversed().flat()].map((all) => {
    const cells = withoutBlankRuns(all)
    return { bytes: Buffer.from(cells.map(({ byte }) => lowerCase(byte))), cells }
  })
}

/** The bytes of a text as they are compared: without case and, since servers change line ends, kinds of white space. */
export const comparable = (text: string): Buffer =>
  Buffer.from(UTF8.encode(text.trim().replaceAll(/[\t\n\v\f\r ]+/g, ' ')).map(lowerCase))

/** An ASCII letter in lower case, any other byte as it is. */
const lowerCase = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte)

const BLANK = 32
const isBlank = ({ byte }: Cell): boolean => byte === BLANK || (byte >= 9 && byte <= 13)

function withoutBlankRuns(cells: readonly Cell[]): Cell[] {
  const result: Cell[] = []
  for (const cell of cells) {
    const last = result.at(-1)
    if (!isBlank(cell)) result.push(cell)
    else if (last?.byte !== BLANK) result.push({ ...cell, byte: BLANK })
    // Backwards, the next one stands in front.
    else result.splice(-1, 1, { byte: BLANK, from: Math.min(last.from, cell.from), to: Math.max(last.to, cell.to) })
  }
  return result
}

const UTF8 = new TextEncoder()

/** By character: the cells of its bytes. */
function cellsOf(text: string): Cell[][] {
  let to = 0
  return Array.from(text, (character) => {
    const from = to
    to += character.length
    return Array.from(UTF8.encode(character), (byte) => ({ byte, from, to }))
  })
}

const plusAsBlank = (cell: Cell): Cell => (cell.byte === 43 ? { ...cell, byte: BLANK } : cell)

const ESCAPES = [
  /%(?<percent>[0-9a-f]{2})/gi,
  /\\u(?<unicode>[0-9a-f]{4})|\\x(?<hex>[0-9a-f]{2})|\\(?<letter>[nrtbf"'/\\])/gi,
  /&#(?<decimal>\d{1,7});|&#x(?<hexadecimal>[0-9a-f]{1,6});|&(?<entity>amp|lt|gt|quot|apos|nbsp);/gi,
]
const ESCAPE = new RegExp(ESCAPES.map(({ source }) => source).join('|'), 'gi')
const BACKSLASHED = new Map(Array.from('nrtbf').map((letter, at) => [letter, '\n\r\t\b\f'.charAt(at)]))
const ENTITIES = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00A0' }))

function withoutEscapes(cells: readonly Cell[], kind: RegExp): Cell[] {
  // Byte by byte, so that a match's place is an index of `cells`; every escape is ASCII.
  const text = latin1(cells)
  const result: Cell[] = []
  let done = 0
  let high = ''
  for (const match of text.matchAll(kind)) {
    result.push(...cells.slice(done, match.index))
    if (done !== match.index) high = ''
    done = match.index + match[0].length
    const place = { from: cells[match.index]?.from ?? 0, to: cells[done - 1]?.to ?? 0 }
    const { percent, unicode, hex, letter, decimal, hexadecimal, entity }: Partial<Record<string, string>> =
      match.groups ?? {}
    if (percent !== undefined) {
      result.push({ byte: Number.parseInt(percent, 16), ...place })
      continue
    }
    const character =
      letter !== undefined
        ? (BACKSLASHED.get(letter) ?? letter)
        : entity !== undefined
          ? (ENTITIES.get(entity.toLowerCase()) ?? '')
          : decimal !== undefined
            ? characterOf(Number(decimal))
            : characterOf(Number.parseInt(unicode ?? hex ?? hexadecimal ?? '', 16))
    // Two halves of one character are one only together.
    const whole = high + character
    high = /^[\uD800-\uDBFF]$/.test(character) ? character : ''
    if (high === '') for (const byte of UTF8.encode(whole)) result.push({ byte, ...place })
  }
  result.push(...cells.slice(done))
  return result
}

const characterOf = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '')

const BASE64 = new Map(
  Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').map((letter, at) => [letter, at]),
)
for (const [letter, standard] of [
  ['-', '+'],
  ['_', '/'],
] as const)
  BASE64.set(letter, BASE64.get(standard) ?? 0)
const HEX = new Map(Array.from('0123456789abcdef').map((letter, at) => [letter, at]))
for (const letter of 'ABCDEF') HEX.set(letter, HEX.get(letter.toLowerCase()) ?? 0)

const fromBase64 = (cells: readonly Cell[]): Cell[][] => [0, 1, 2, 3].map((skip) => decoded(cells, BASE64, 6, skip))
const fromHex = (cells: readonly Cell[]): Cell[][] => [0, 1].map((skip) => decoded(cells, HEX, 4, skip))

/** Every run of the alphabet's letters, `skip` letters left out at its beginning, as the bytes that its bits make. */
function decoded(
  cells: readonly Cell[],
  alphabet: ReadonlyMap<string, number>,
  bitsEach: number,
  skip: number,
): Cell[] {
  const result: Cell[] = []
  let [value, bits, run] = [0, 0, 0]
  const begins: number[] = []
  for (const { byte, from, to } of cells) {
    const letter = alphabet.get(String.fromCharCode(byte))
    if (letter === undefined) {
      ;[value, bits, run] = [0, 0, 0]
      begins.length = 0
      continue
    }
    run += 1
    if (run <= skip) continue
    value = ((value << bitsEach) | letter) & 0xffff
    bits += bitsEach
    begins.push(from)
    if (bits < 8) continue
    bits -= 8
    result.push({ byte: (value >> bits) & 0xff, from: begins[0] ?? from, to })
    begins.length = 0
    // Its rest begins the next byte.
    if (bits > 0) begins.push(from)
  }
  return result
}

const latin1 = (cells: readonly Cell[]): string => Buffer.from(cells.map(({ byte }) => byte)).toString('latin1')
