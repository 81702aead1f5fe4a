/** JSON in pieces: a large answer is written without stopping the process, and counted while it grows. */
import { setImmediate } from 'node:timers/promises'

/** Characters of a piece: small enough that each of them shows whether its reader still reads. */
const PIECE = 64 * 1024
/** Milliseconds of writing after which others get their turn. */
const TURN_MS = 10
/** Values in a part that is written in one go, and the characters that count as one value. */
const SMALL = 1000
const CHARACTERS_PER_VALUE = 100

/**
 * The same JSON as `JSON.stringify(value)`, as UTF-8 in pieces. `count` gets the bytes of each piece before the next is
 * made, and ends the work by throwing.
 */
export async function serialize(value: unknown, count: (bytes: number) => void): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  let text = ''
  const flush = (): void => {
    const piece = Buffer.from(text)
    count(piece.length)
    pieces.push(piece)
    text = ''
  }
  let began = performance.now()
  for (const part of parts(value)) {
    text += part
    if (text.length < PIECE) continue
    flush()
    if (performance.now() - began < TURN_MS) continue
    await setImmediate()
    began = performance.now()
  }
  flush()
  return pieces
}

function* parts(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length > PIECE) yield* longText(value)
  else if (!isTree(value) || left(value, SMALL) > 0) yield JSON.stringify(value) ?? 'null'
  else if (Array.isArray(value)) yield* elements(value)
  else {
    let before = '{'
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined) continue
      yield `${before}${JSON.stringify(name)}:`
      yield* parts(field)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }
}

/** An array of some size, as many elements at a time as are small together. */
function* elements(array: readonly unknown[]): Generator<string> {
  let before = '['
  for (let from = 0, to = 0; from < array.length; from = to) {
    for (let rest = left(array[to], SMALL); rest > 0 && to < array.length; rest = left(array[to], rest)) to += 1
    yield before
    if (to > from) yield JSON.stringify(array.slice(from, to)).slice(1, -1)
    else yield* parts(array[to++])
    before = ','
  }
  yield ']'
}

/** Cut anywhere: half a surrogate pair is written as an escape, and read as the same text. */
function* longText(text: string): Generator<string> {
  yield '"'
  for (let at = 0; at < text.length; at += PIECE) yield JSON.stringify(text.slice(at, at + PIECE)).slice(1, -1)
  yield '"'
}

const isTree = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('toJSON' in value && typeof value.toJSON === 'function')

/** How much of `allowed` values is left after those in `value`; it stops counting at 0. */
function left(value: unknown, allowed: number): number {
  if (typeof value === 'string') return allowed - 1 - value.length / CHARACTERS_PER_VALUE
  if (typeof value !== 'object' || value === null) return allowed - 1
  let rest = allowed - 1
  for (const inner of Object.values(value)) {
    if (rest <= 0) return 0
    rest = left(inner, rest)
  }
  return rest
}
