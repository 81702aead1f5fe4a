/** From a request to the input of a procedure: parameters, query and body in one object, older names understood. */
import { BadRequest } from '@keyferry/kernel'
import { z } from 'zod'
import { OLDER_NAMES, SLUG_NAMES } from '../infisical/older-names.ts'
import { withoutBlanks, type Json } from './blanks.ts'
import type { Route } from './route.ts'

/** What a procedure's input looks like from outside. */
export interface InputShape {
  fields: ReadonlyMap<string, Json>
  required: ReadonlySet<string>
  document: Json
}

export interface Sent {
  /** As it was requested, with its query. */
  url: string
  params: unknown
  query: unknown
  body: unknown
}

/**
 * `schema` itself is never changed: the same object guards tRPC, where nothing is coerced. It is read when the shape is
 * first used: to read the schemas of all routes is a twentieth of a start.
 */
export function inputShape(schema: z.ZodType): InputShape {
  let shape: InputShape | undefined
  const read = (): InputShape => (shape ??= shapeOf(schema))
  return {
    get fields() {
      return read().fields
    },
    get required() {
      return read().required
    },
    get document() {
      return read().document
    },
  }
}

function shapeOf(schema: z.ZodType): InputShape {
  const document = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const fields = new Map<string, Json>()
  for (const [name, field] of Object.entries(document.properties ?? {}))
    if (typeof field === 'object') fields.set(name, field)
  return { fields, required: new Set(document.required), document }
}

/**
 * Infisical's clients put the input of a DELETE, and of a route that says so, into the query or the body, and it holds
 * no value.
 */
export const readsQuery = ({ method, input }: Pick<Route, 'method' | 'input'>): boolean =>
  method === 'GET' || method === 'DELETE' || input === 'query'

/**
 * A write takes nothing from the query string: addresses are kept in logs and histories, and any page can make a
 * browser request one. Throws `BadRequest` for a parameter that would be a field of the input, since ignoring it could
 * write to another place than was meant.
 */
export function refuseQuery(shape: InputShape, method: string, query: unknown): undefined {
  const older = new Map<string, string>([...OLDER_NAMES, ...SLUG_NAMES.map((name) => [name, 'projectId'] as const)])
  const misplaced = entries(query)
    .map(([name]) => name)
    .filter((name) => shape.fields.has(name) || shape.fields.has(older.get(name) ?? ''))
  if (misplaced.length === 0) return undefined
  throw new BadRequest(`A ${method} takes nothing from the query string. Send ${misplaced.join(', ')} in the body.`)
}

/**
 * The path wins over the body, the body over the query; what is blank counts as not sent. Fields that the input does
 * not know are left out, or, from the query, gathered under `rest`. A body that is no object is handed on as it is, for
 * the schema to refuse.
 */
export function readInput(shape: InputShape, { url, params, query, body }: Sent, rest?: string): unknown {
  if (body !== undefined && body !== null && !isObject(body)) return body
  const bare = namesWithoutValue(url)
  const inQuery = inOwnNames(
    shape,
    entries(query).filter(([name, value]) => value !== '' || bare.has(name)),
  )
  const inBody = new Map(
    entries(withoutBlanks(Object.fromEntries(inOwnNames(shape, entries(body))), shape.document, shape.document)),
  )
  const inPath = new Map(entries(params))
  const input: Record<string, unknown> = Object.create(null)
  for (const [name, field] of shape.fields) {
    if (inPath.has(name)) input[name] = inPath.get(name)
    else if (inBody.has(name)) input[name] = inBody.get(name)
    else if (inQuery.has(name)) {
      const value = fromText(inQuery.get(name), field)
      if (value !== '') input[name] = value
    }
  }
  if (rest !== undefined) {
    const isUnknown = (name: string): boolean => !shape.fields.has(name) && !inBody.has(name) && !inPath.has(name)
    input[rest] = Object.fromEntries([...inQuery].filter(([name]) => isUnknown(name)))
  }
  return { ...input }
}

/** A field under its own name, unless only the older one has something to say. */
function inOwnNames(shape: InputShape, sent: [string, unknown][]): Map<string, unknown> {
  const named = new Map(sent)
  const isBlank = (name: string): boolean => [undefined, null, ''].some((blank) => named.get(name) === blank)
  for (const [older, name] of OLDER_NAMES)
    if (!shape.fields.has(older) && named.has(older) && isBlank(name)) named.set(name, named.get(older))
  return named
}

/** The slug that names the project, in the first of `sources` that has one; undefined where the input takes none. */
export function projectSlugIn(shape: InputShape, sources: readonly unknown[]): string | undefined {
  if (!shape.fields.has('projectId')) return undefined
  for (const [name, slug] of sources.flatMap(entries)) {
    const names = SLUG_NAMES.includes(name) && !shape.fields.has(name)
    if (names && typeof slug === 'string' && slug !== '') return slug
  }
  return undefined
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const entries = (value: unknown): [string, unknown][] => (isObject(value) ? Object.entries(value) : [])

/** Of the parameters of an address those written without `=`, as in `?recursive`. */
function namesWithoutValue(url: string): ReadonlySet<string> {
  const parameters = url.slice(url.indexOf('?') + 1).split('&')
  return new Set(parameters.filter((parameter) => !parameter.includes('=')))
}

/**
 * Text of a query string as the boolean or number that its field wants, a name without value being a switch that is on;
 * anything else is left for the schema to refuse.
 */
function fromText(value: unknown, field: Json): unknown {
  if (typeof value !== 'string') return value
  if (field.type === 'boolean') return BOOLEANS.get(value.toLowerCase()) ?? value
  if (field.type === 'integer' || field.type === 'number')
    return /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value
  return value
}

const BOOLEANS = new Map([
  ['true', true],
  ['', true],
  ['false', false],
])
