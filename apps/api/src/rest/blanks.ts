/** What clients write where they have nothing to say: null, or text of no length. */
import type { z } from 'zod'

export type Json = z.core.JSONSchema.BaseSchema

/**
 * `value` without fields that say nothing, at every depth: null for an optional field that takes none, and empty text
 * for an id, or for an optional field that takes none. What remains wrong is for the schema to refuse.
 */
export function withoutBlanks(value: unknown, schema: Json, document: Json): unknown {
  const shape = pointedAt(schema, document)
  if (Array.isArray(value)) {
    const { items } = shape
    if (typeof items !== 'object' || Array.isArray(items)) return value
    return value.map((item) => withoutBlanks(item, items, document))
  }
  if (value === null || typeof value !== 'object' || !shape.properties) return value
  const { properties, required = [] } = shape
  const says = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const wanted = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (typeof wanted !== 'object') return [[name, field]]
    const isOptional = !required.includes(name)
    if (field === null && isOptional && !someChoice(wanted, document, takesNull)) return []
    if (field === '' && someChoice(wanted, document, isOptional ? takesNoEmptyText : isId)) return []
    return [[name, withoutBlanks(field, wanted, document)]]
  })
  return Object.fromEntries(says)
}

const isId = ({ format }: Json): boolean => format === 'uuid'
const takesNoEmptyText = (schema: Json): boolean => isId(schema) || (schema.minLength ?? 0) > 0

function takesNull({ type, enum: values, const: only }: Json): boolean {
  if (type === undefined) return values?.includes(null) ?? (only === undefined || only === null)
  return type === 'null'
}

function someChoice(schema: Json, document: Json, is: (choice: Json) => boolean): boolean {
  const shape = pointedAt(schema, document)
  const choices = shape.anyOf ?? shape.oneOf ?? shape.allOf
  if (!choices) return is(shape)
  return choices.some((choice) => typeof choice === 'object' && someChoice(choice, document, is))
}

function pointedAt(schema: Json, document: Json): Json {
  const name = schema.$ref?.replace('#/$defs/', '')
  const target = name === undefined ? undefined : document.$defs?.[name]
  return typeof target === 'object' ? pointedAt(target, document) : schema
}
