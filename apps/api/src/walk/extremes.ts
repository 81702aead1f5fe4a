/** Inputs up to their limits and beyond them, made from the procedures' own schemas. For tests only. */
import { z } from 'zod'
import { inputFor, type Procedure } from './inputs.ts'

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
const HUGE = 2_000_000
const MANY = 10_000

/** One input per field and kind of extreme; `pick` chooses the character. */
export function extremeInputs(
  procedure: Procedure,
  known: ReadonlyMap<string, unknown>,
  pick: () => number,
): unknown[] {
  const [schema] = procedure.inputs
  if (!schema) return []
  const good = new Map(Object.entries(Object(inputFor(procedure, known))))
  const document = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const inputs: unknown[] = [deep(90)]
  for (const [name, field] of Object.entries(document.properties ?? {})) {
    if (typeof field === 'boolean') continue
    for (const value of extremesOf(field, document, good.get(name), pick))
      inputs.push(Object.fromEntries([...good, [name, value]]))
  }
  return inputs
}

function extremesOf(field: Json, root: Json, good: unknown, pick: () => number): unknown[] {
  const schema = resolved(field, root)
  const character = CHARACTERS[pick() % CHARACTERS.length] ?? 'a'
  const text = (length: number): string => character.repeat(Math.ceil(length / character.length)).slice(0, length)
  if (schema.type === 'string') return [text(Math.min(schema.maxLength ?? 255, HUGE)), text(HUGE)]
  if (schema.type === 'array') {
    const elements: unknown[] = Array.isArray(good) ? good : []
    const [element = 'x'] = elements
    const most = Math.min(schema.maxItems ?? 50, 2000)
    return [
      Array.from({ length: most }, (_, n) => distinct(element, n, text(200))),
      Array.from({ length: MANY }, () => element),
      Array.from({ length: most }, () => ({})),
    ]
  }
  if (schema.type === 'object')
    return [deep(90), Object.fromEntries(Array.from({ length: MANY }, (_, n) => [`f${n}`, n])), { a: text(HUGE) }]
  return [text(HUGE), Array(MANY).fill(1), 1e300]
}

/** An element that differs from the others in every text of its own. */
function distinct(element: unknown, n: number, text: string): unknown {
  if (element === null || typeof element !== 'object') return `${text}${n}`
  return Object.fromEntries(
    Object.entries(element).map(([name, value]) => [
      name,
      typeof value === 'string' ? `K${n}${name === 'secretValue' ? text : ''}` : value,
    ]),
  )
}

function resolved(schema: Json, root: Json): Json {
  const target = schema.$ref === undefined ? schema : root.$defs?.[schema.$ref.replace('#/$defs/', '')]
  const [choice] = schema.anyOf ?? schema.oneOf ?? []
  if (choice && typeof choice !== 'boolean') return resolved(choice, root)
  return target && typeof target !== 'boolean' ? target : schema
}

const deep = (levels: number): unknown => JSON.parse('{"a":['.repeat(levels / 2) + ']}'.repeat(levels / 2))
