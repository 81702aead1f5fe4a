import { comparable, readingsOf, type Reading } from './readings.ts'

const MASK = '•••'
/**
 * Bytes. A run of a secret shorter than this gives nothing away; a longer one is masked even when the text was cut
 * inside it.
 */
const WINDOW = 8
const LONGEST_MESSAGE = 200
/** Vendor text is cut here before it is searched, so that a huge answer costs nothing. */
const LONGEST_SEARCHED = 600

/**
 * A vendor's text, safe to show: one line, at most 200 characters, without any of the `secrets`, whole or in part. A
 * secret is also found as base64, hex, a URL, HTML or JSON would write it, in other case, with other line ends, and
 * backwards. Takes time in proportion to the secrets' length.
 */
export function scrub(text: string, secrets: Iterable<string>): string {
  const line = text.slice(0, LONGEST_SEARCHED)
  const hidden = new Array<boolean>(line.length).fill(false)
  const search = searchOf(line)
  for (const secret of secrets) if (secret.trim() !== '') search.hide(secret, hidden)

  let shown = ''
  for (let at = 0; at < line.length; at += 1) {
    if (!hidden[at]) shown += line[at]
    else if (at === 0 || !hidden[at - 1]) shown += MASK
  }
  const clean = shown.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return clean.length > LONGEST_MESSAGE ? `${clean.slice(0, LONGEST_MESSAGE - 1)}…` : clean
}

/**
 * `text` with everything masked that is not a word as people write it: what has digits, signs or capitals inside may be
 * a value.
 */
export const plainWords = (text: string): string =>
  text
    .slice(0, LONGEST_SEARCHED)
    .split(/(\s+)/u)
    .map((word) => (word === '' || PLAIN.test(word) ? word : MASK))
    .join('')

const PLAIN = /^\s+$|^\p{P}*(?:(?:\p{Lu}?\p{Ll}+|\p{Lu}{1,4})(?:[-'’]\p{Ll}+)*|\d{1,3})?\p{P}*$/u

/** Every string inside a JSON value, property names left out. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsIn)
}

interface Search {
  /** Marks in `hidden` the characters of the line that show `secret` or a run of it. */
  hide(secret: string, hidden: boolean[]): void
}

/** Where in the line each window of each reading is, for one pass over a secret. */
function searchOf(line: string): Search {
  const readings = readingsOf(line)
  const windows = new Map<string, [Reading, number][]>()
  // How many windows have a hash: most bytes of a secret are passed over by one look at it.
  const likely = new Uint16Array(1 << LIKELY_BITS)
  for (const reading of readings) {
    eachWindow(reading.bytes, (hash, at) => {
      const window = reading.bytes.toString('latin1', at, at + WINDOW)
      const places = windows.get(window)
      if (places) places.push([reading, at])
      else {
        windows.set(window, [[reading, at]])
        likely[hash] = (likely[hash] ?? 0) + 1
      }
    })
  }
  return {
    hide(secret, hidden) {
      const text = comparable(secret)
      if (text.length < WINDOW) return readings.forEach((reading, at) => hideShort(line, reading, text, at > 0, hidden))
      eachWindow(text, (hash, at) => {
        if (likely[hash] === 0) return
        const window = text.toString('latin1', at, at + WINDOW)
        const places = windows.get(window)
        if (!places) return
        for (const [reading, place] of places) cover(reading, place, WINDOW, hidden)
        // Once is enough.
        windows.delete(window)
        likely[hash] = (likely[hash] ?? 1) - 1
      })
    },
  }
}

/** A value such as `1` or `on` is hidden where it stands alone; hiding every `1` would leave no message. */
function hideShort(line: string, reading: Reading, secret: Buffer, isDecoded: boolean, hidden: boolean[]): void {
  // Two bytes of a decoding are found in any text.
  if (isDecoded && secret.length < SHORTEST_ANYWHERE) return
  for (let at = reading.bytes.indexOf(secret); at !== -1; at = reading.bytes.indexOf(secret, at + 1)) {
    const [from, to] = [reading.cells[at]?.from ?? 0, reading.cells[at + secret.length - 1]?.to ?? 0]
    const alone = !isWord(line[from - 1]) && !isWord(line[to])
    if (alone || secret.length >= SHORTEST_ANYWHERE) cover(reading, at, secret.length, hidden)
  }
}

const SHORTEST_ANYWHERE = 4

function cover({ cells }: Reading, at: number, length: number, hidden: boolean[]): void {
  for (const { from, to } of cells.slice(at, at + length)) hidden.fill(true, from, to)
}

const LIKELY_BITS = 18
const FACTOR = 0x01000193
const LEAVING = Array.from({ length: WINDOW }).reduce((power: number) => Math.imul(power, FACTOR), 1)

/** Calls `found` with a hash of `LIKELY_BITS` bits for each run of `WINDOW` bytes, in one pass. */
function eachWindow(bytes: Uint8Array, found: (hash: number, at: number) => void): void {
  let hash = 0
  for (let at = 0; at < bytes.length; at += 1) {
    hash = Math.imul(hash, FACTOR) + (bytes[at] ?? 0)
    if (at >= WINDOW) hash -= Math.imul(bytes[at - WINDOW] ?? 0, LEAVING)
    if (at >= WINDOW - 1) found(Math.imul(hash, 0x9e3779b1) >>> (32 - LIKELY_BITS), at - WINDOW + 1)
  }
}

const isWord = (character: string | undefined): boolean => character !== undefined && /\w/.test(character)
