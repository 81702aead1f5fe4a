/** Every text and every list that a procedure takes has a limit of its own. */
import { destinations } from '@keyferry/core/destinations'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { GUESSABLE, WRITES } from '../src/http/auth-routes.ts'
import { procedures } from './request-matrix/inputs.ts'

type Json = z.core.JSONSchema.BaseSchema | boolean

/** The strictest pattern and format of JSON schema bound their texts themselves. */
const BOUNDED_FORMATS = new Set(['uuid', 'date-time', 'ipv4', 'ipv6', 'cidrv4', 'cidrv6'])

/** Paths at which `schema` takes a text or a list of any length, or fields of any name. */
function unbounded(schema: Json, root: Json, at: string, seen: ReadonlySet<unknown> = new Set()): string[] {
  if (typeof schema === 'boolean') return schema ? [`${at} takes anything`] : []
  if (seen.has(schema)) return []
  const inner = (next: Json, name: string) => unbounded(next, root, `${at}${name}`, new Set([...seen, schema]))
  if (schema.$ref !== undefined) {
    const target = typeof root === 'boolean' ? undefined : root.$defs?.[schema.$ref.replace('#/$defs/', '')]
    return target === undefined ? [`${at} refers to nothing`] : inner(target, '')
  }
  // Patterns of one text stand in `allOf`, beside its type and its limit.
  const parts = schema.type === undefined ? (schema.allOf ?? []) : []
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...parts]
  if (choices.length > 0) return choices.flatMap((choice) => inner(choice, ''))
  if (schema.const !== undefined || schema.enum) return []
  switch (schema.type) {
    case 'string':
      return schema.maxLength !== undefined || BOUNDED_FORMATS.has(schema.format ?? '') ? [] : [`${at} takes any text`]
    case 'array': {
      const items = schema.items && !Array.isArray(schema.items) ? inner(schema.items, '[]') : []
      return schema.maxItems === undefined ? [`${at} takes any number of entries`, ...items] : items
    }
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => inner(field, `.${name}`))
      const { additionalProperties: more, maxProperties } = schema
      const open = more !== undefined && more !== false && maxProperties === undefined
      return open ? [`${at} takes any number of fields`, ...fields] : fields
    }
    case 'boolean':
    case 'integer':
    case 'number':
    case 'null':
      return []
    default:
      return [`${at} takes anything`]
  }
}

const bodies = [
  ...procedures.flatMap(({ name, inputs: [schema] }) => (schema ? [[name, schema] as const] : [])),
  ...destinations().flatMap(({ name, connection, target, options }) => [
    ...Object.entries(connection.methods).map(
      ([method, { credentials }]) => [`credentials of ${name} by ${method}`, credentials] as const,
    ),
    [`target of ${name}`, target] as const,
    [`options of ${name}`, options] as const,
  ]),
  ...[...WRITES, ...GUESSABLE].map(([path, schema]) => [`/api/auth/${path}`, schema] as const),
]

it.each(bodies)('%s takes nothing without a limit', (_name, schema) => {
  const document = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  expect(unbounded(document, document, 'input')).toEqual([])
})
