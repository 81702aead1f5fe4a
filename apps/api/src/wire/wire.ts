/** How the clients of a route know the fields of a procedure, where they know them by other names. */
import { Invalid } from '@keyferry/kernel'
import { z } from 'zod'

/**
 * From a field's name in Keyferry to its name outside. Of a field that holds objects, or a list of them: the names in
 * there.
 */
export interface Names {
  readonly [own: string]: string | Names
}

/** Calls another procedure for the same caller. */
export type Ask = (procedure: string, input: unknown) => Promise<unknown>

/** What a route reads in place of the procedure's input. Both are parsed, so that a refusal names what was sent. */
export interface WireInput {
  schema: z.ZodType
  /** What the procedure gets. `sent`: as `schema` parsed it. */
  toOwn(sent: unknown, ask: Ask): unknown
  names: Names
}

/** What a route answers in place of the procedure's output. */
export interface WireOutput<Output> {
  schema: z.ZodType
  write(output: Output): unknown
}

/**
 * For clients whose fields are not those of the procedure under other names. `names`: of the fields that a refusal may
 * name.
 */
export const read = <S extends z.ZodType>(
  schema: S,
  names: Names,
  toOwn: (sent: z.output<S>, ask: Ask) => unknown,
): WireInput => ({ schema, names, toOwn: (sent, ask) => toOwn(sent as z.output<S>, ask) })

/** The procedure's `input` under other names. `more`: fields that clients may send besides, and that say nothing. */
export function renamed(input: z.ZodType, names: Names, more: z.ZodRawShape = {}): WireInput {
  const schema = renamedSchema(input, names)
  const own = inverse(names)
  return {
    schema:
      schema instanceof z.ZodObject ? z.clone(schema, { ...schema.def, shape: { ...schema.shape, ...more } }) : schema,
    names,
    toOwn: (sent) => renamedValue(sent, own),
  }
}

/** The procedure's `output` under other names. */
export const renamedOutput = <S extends z.ZodType>(output: S, names: Names): WireOutput<z.output<S>> => ({
  schema: renamedSchema(output, names),
  write: (answer) => renamedValue(answer, names),
})

/** Rules, defaults and descriptions stay, and so does the order of the fields. */
function renamedSchema(schema: z.ZodType, names: Names): z.ZodType {
  const described = (changed: z.ZodType): z.ZodType => {
    const meta = z.globalRegistry.get(schema)
    return meta ? changed.meta(meta) : changed
  }
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries<z.ZodType>(schema.shape).map(([own, field]) => {
      const name = names[own]
      if (typeof name === 'object') return [own, renamedSchema(field, name)]
      return [name ?? own, field]
    })
    return described(z.clone(schema, { ...schema.def, shape: Object.fromEntries(fields) }))
  }
  if (schema instanceof z.ZodArray && schema.element instanceof z.ZodType)
    return described(z.clone(schema, { ...schema.def, element: renamedSchema(schema.element, names) }))
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    const { innerType } = schema.def
    if (innerType instanceof z.ZodType)
      return described(z.clone(schema, { ...schema.def, innerType: renamedSchema(innerType, names) }))
  }
  throw new Error(`A ${schema.type} has no fields that could be renamed`)
}

/** `value` with each field under the name that `names` has for it. */
function renamedValue(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((each) => renamedValue(each, names))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([own, field]) => {
      const name = names[own]
      return typeof name === 'object' ? [own, renamedValue(field, name)] : [name ?? own, field]
    }),
  )
}

/** From a field's name outside to its name in Keyferry. */
function inverse(names: Names): Names {
  const own: Record<string, string | Names> = {}
  for (const [field, name] of Object.entries(names)) {
    if (typeof name === 'string') own[name] = field
    else own[field] = inverse(name)
  }
  return own
}

/** A refusal with the names that its client sent. */
export function renamedRefusal({ issues }: Invalid, names: Names): Invalid {
  return new Invalid(
    issues.map((issue) => {
      const [first, ...rest] = issue.path
      const name = names[String(first)]
      return typeof name === 'string' ? { ...issue, path: [name, ...rest] } : issue
    }),
  )
}
