/** Inputs up to their limits and beyond them, made from the procedures' own schemas. For tests only. */
import type { z } from 'zod'
import { documentOf, example, inputFor, type Procedure } from './inputs.ts'

type Json = z.core.JSONSchema.BaseSchema

/** What patterns and parsers stumble over when it is repeated. */
const CHARACTERS = [
  'a',
  '\n',
  '\r',
  ' ',
  '$',
  '{',
  '}',
  '${',
  '/',
  '\\',
  '"',
  '=',
  '#',
  '-',
  '.',
  ',',
  '%',
  'é',
  '\u0001',
]
export const HUGE = 2_000_000
/** What takes the square of the length takes seconds already, and a body a twentieth of the time of a huge one. */
const LONG = 100_000
const MANY = 10_000
/** Bytes of a huge text in a body. */
const MOST_BYTES = 4_000_000
/** Of 90 levels. */
const DEEP: unknown = JSON.parse('{"a":['.repeat(45) + ']}'.repeat(45))
/** To make one for every object would take most of the run. Sent to one of eight: no schema keeps such fields. */
const WIDE = Object.fromEntries(Array.from({ length: MANY }, (_, n) => [`f${n}`, n]))
/** Levels of objects and arrays whose fields are each made extreme. */
const LEVELS = 4

/** Stands for many times one character, which `encoded` puts in its place: two million times in one of 16. */
const huge = (picked: number): string =>
  `huge text ${picked % CHARACTERS.length} ${Math.trunc(picked / CHARACTERS.length) % 16 === 0 ? HUGE : LONG}`
const MARK = /"huge text (\d+ \d+)"/

export const repeated = (character: number, length: number): string => {
  const text = CHARACTERS[character % CHARACTERS.length] ?? 'a'
  return text.repeat(Math.ceil(length / text.length)).slice(0, length)
}

const hugeTexts = new Map<string, Buffer>()
const hugeText = (mark: string): Buffer => {
  const [character = 0, length = 0] = mark.split(' ').map(Number)
  // More than a body may have is refused before anybody sees it.
  const each = Buffer.byteLength(JSON.stringify(repeated(character, 2))) / 2
  const known =
    hugeTexts.get(mark) ??
    Buffer.from(JSON.stringify(repeated(character, Math.min(length, Math.floor(MOST_BYTES / each)))))
  hugeTexts.set(mark, known)
  return known
}

/** An input as the JSON of a body, in pieces: its huge texts are the same ones each time. */
export const encoded = (input: unknown): Buffer[] =>
  (JSON.stringify(input) ?? '').split(MARK).map((part, index) => (index % 2 === 1 ? hugeText(part) : Buffer.from(part)))

/** An input as JSON for an address, where nothing huge fits: its huge texts have `length` characters. */
export const shortened = (input: unknown, length: number): string =>
  JSON.stringify(input).replaceAll(new RegExp(MARK, 'g'), (_, mark: string) =>
    JSON.stringify(repeated(Number(mark.split(' ', 1)[0]), length)),
  )

/** One input per field, at any level, and kind of extreme; `pick` chooses the character. */
export function extremeInputs(
  procedure: Procedure,
  known: ReadonlyMap<string, unknown>,
  pick: () => number,
): unknown[] {
  const [schema] = procedure.inputs
  if (!schema) return [{ a: DEEP }]
  const document = documentOf(schema)
  const good = inputFor(procedure, known)
  const exampleOf = (field: Json, name: string): unknown => example(field, document, name, known)
  return [...variants(document, good, LEVELS)]

  function* variants(field: Json, value: unknown, levels: number): Generator {
    if (levels === 0) return
    for (const schema of choices(field, document)) {
      yield* extremesOf(schema, value, pick)
      if (schema.type === 'object') {
        const made = isObject(value) ? value : exampleOf(schema, '')
        const fields = isObject(made) ? made : {}
        for (const [name, inner] of Object.entries(schema.properties ?? {}))
          if (typeof inner === 'object')
            for (const extreme of variants(inner, fields[name] ?? exampleOf(inner, name), levels - 1))
              yield { ...fields, [name]: extreme }
      }
      if (schema.type === 'array' && typeof schema.items === 'object' && !Array.isArray(schema.items)) {
        const [element = exampleOf(schema.items, '')]: unknown[] = Array.isArray(value) ? value : []
        if (isObject(element)) for (const extreme of variants(schema.items, element, levels - 1)) yield [extreme]
      }
    }
  }
}

function extremesOf(schema: Json, good: unknown, pick: () => number): unknown[] {
  const character = pick()
  if (schema.type === 'string') return [repeated(character, Math.min(schema.maxLength ?? 255, HUGE)), huge(character)]
  if (schema.type === 'array') {
    const elements: unknown[] = Array.isArray(good) ? good : []
    const [element = 'x'] = elements
    const most = Math.min(schema.maxItems ?? 50, 2000)
    return [
      Array.from({ length: most }, (_, n) => distinct(element, n, repeated(character, 200))),
      Array.from({ length: MANY }, (_, n) => distinct(element, n, '')),
      Array.from({ length: most }, () => ({})),
    ]
  }
  if (schema.type === 'object') return character % 8 === 0 ? [DEEP, WIDE] : [DEEP]
  return [huge(character), 1e300]
}

/** An element that differs from the others in every text of its own. */
function distinct(element: unknown, n: number, text: string): unknown {
  if (!isObject(element)) return `${text}${n}`
  return Object.fromEntries(
    Object.entries(element).map(([name, value]) => [
      name,
      typeof value === 'string' ? `K${n}${name === 'secretValue' ? text : ''}` : value,
    ]),
  )
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schema behind a reference, or each of those that a value may have. */
function choices(schema: Json, root: Json): Json[] {
  const target = schema.$ref === undefined ? schema : root.$defs?.[schema.$ref.replace('#/$defs/', '')]
  const some = (schema.anyOf ?? schema.oneOf ?? []).filter((choice) => typeof choice === 'object')
  if (some.length > 0) return some.filter(({ type }) => type !== 'null').flatMap((choice) => choices(choice, root))
  return [target && typeof target !== 'boolean' ? target : schema]
}
