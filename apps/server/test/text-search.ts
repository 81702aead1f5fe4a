/** Finds hundreds of texts in one pass over the bytes: a pass for each of them was most of the canary run. */

/** The texts that stand in the bytes. */
export type TextSearch<Text> = (bytes: Buffer) => Text[]

/** The bytes from one place that is read to the next. */
const STRIDE = 8
const WORD = 4
/** The shortest text that has a whole word at one of the places, wherever it begins. */
const LEAST = STRIDE + WORD - 1
const LIKELY_BITS = 20

/** Words are numbers of four bytes; a text is known by the words that begin at its first `STRIDE` bytes. */
export function textSearch<Text extends { bytes: Buffer }>(texts: readonly Text[]): TextSearch<Text> {
  const long = texts.filter(({ bytes }) => bytes.length >= LEAST)
  const short = texts.filter(({ bytes }) => bytes.length < LEAST)
  const likely = new Uint8Array(2 ** LIKELY_BITS)
  const byWord = new Map<number, { text: Text; offset: number }[]>()
  for (const text of long)
    for (let offset = 0; offset < STRIDE; offset++) {
      const word = wordAt(text.bytes, offset)
      likely[slotOf(word)] = 1
      const known = byWord.get(word)
      if (known) known.push({ text, offset })
      else byWord.set(word, [{ text, offset }])
    }
  return (bytes) => {
    const found = new Set(short.filter((text) => bytes.includes(text.bytes)))
    for (let place = 0; place + WORD <= bytes.length; place += STRIDE) {
      const word = wordAt(bytes, place)
      if (likely[slotOf(word)] === 0) continue
      for (const { text, offset } of byWord.get(word) ?? [])
        if (standsAt(bytes, text.bytes, place - offset)) found.add(text)
    }
    return [...found]
  }
}

const wordAt = (bytes: Buffer, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)

const slotOf = (word: number): number => Math.imul(word, 0x9e3779b1) >>> (32 - LIKELY_BITS)

const standsAt = (bytes: Buffer, text: Buffer, at: number): boolean =>
  at >= 0 && bytes.subarray(at, at + text.length).equals(text)
