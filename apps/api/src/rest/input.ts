/** From a request to the input of a procedure: parameters, query and body in one object, older names understood. */
import { BadRequest } from '@keyferry/kernel'
import { z } from 'zod'
import type { Route } from './route.ts'

type Json = z.core.JSONSchema.BaseSchema

/** What a procedure's input looks like from outside, read once from its schema. */
export interface InputShape {
  fields: ReadonlyMap<string, Json>
  required: ReadonlySet<string>
  document: Json
}

export interface Sent {
  params: unknown
  query: unknown
  body: unknown
}

/**
 * Names that Infisical's older versions and its SDK send, and ours. Read only where the input has no field of that
 * name.
 */
const OLDER_NAMES: readonly (readonly [older: string, name: string])[] = [
  ['workspaceId', 'projectId'],
  ['includeImports', 'include_imports'],
  ['directory', 'path'],
]

/** `schema` itself is never changed: the same object guards tRPC, where nothing is coerced. */
export function inputShape(schema: z.ZodType): InputShape {
  const document = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  const fields = new Map<string, Json>()
  for (const [name, field] of Object.entries(document.properties ?? {}))
    if (typeof field === 'object') fields.set(name, field)
  return { fields, required: new Set(document.required), document }
}

/** Infisical's clients put the input of a DELETE into the query or the body, and it holds no value. */
export const readsQuery = (method: Route['method']): boolean => method === 'GET' || method === 'DELETE'

/**
 * A write takes nothing from the query string: addresses are kept in logs and histories, and any page can make a
 * browser request one. Throws `BadRequest` for a parameter that would be a field of the input, since ignoring it could
 * write to another place than was meant.
 */
export function refuseQuery(shape: InputShape, method: string, query: unknown): undefined {
  const older = new Map<string, string>([...OLDER_NAMES, ['workspaceSlug', 'projectId']])
  const misplaced = entries(query)
    .map(([name]) => name)
    .filter((name) => shape.fields.has(name) || shape.fields.has(older.get(name) ?? ''))
  if (misplaced.length === 0) return undefined
  throw new BadRequest(`A ${method} takes nothing from the query string. Send ${misplaced.join(', ')} in the body.`)
}

/**
 * The path wins over the body, the body over the query. Fields that the input does not know are left out, or, from the
 * query, gathered under `rest`. A body that is no object is handed on as it is, for the schema to refuse.
 */
export function readInput(shape: InputShape, { params, query, body }: Sent, rest?: string): unknown {
  if (body !== undefined && body !== null && !isObject(body)) return body
  const sent = new Map<string, unknown>()
  for (const [name, value] of entries(query)) sent.set(name, value)
  const fromQuery = new Set(sent.keys())
  for (const source of [body, params]) {
    for (const [name, value] of entries(source)) {
      sent.set(name, value)
      fromQuery.delete(name)
    }
  }
  for (const [older, name] of OLDER_NAMES) {
    if (shape.fields.has(older) || !sent.has(older) || sent.has(name)) continue
    sent.set(name, sent.get(older))
    if (fromQuery.has(older)) fromQuery.add(name)
  }
  const input: Record<string, unknown> = Object.create(null)
  for (const [name, field] of shape.fields) {
    if (sent.has(name)) input[name] = fromQuery.has(name) ? coerced(sent.get(name), field) : sent.get(name)
  }
  if (rest !== undefined) {
    input[rest] = Object.fromEntries([...sent].filter(([name]) => fromQuery.has(name) && !shape.fields.has(name)))
  }
  return { ...input }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const entries = (value: unknown): [string, unknown][] => (isObject(value) ? Object.entries(value) : [])

/**
 * Text of a query string as the boolean or number that its field wants; anything else is left for the schema to refuse.
 */
function coerced(value: unknown, field: Json): unknown {
  if (typeof value !== 'string') return value
  if (field.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  if (field.type === 'integer' || field.type === 'number')
    return /^-?\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value
  return value
}
