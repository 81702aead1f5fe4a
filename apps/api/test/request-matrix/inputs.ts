/** Every procedure, and the smallest input its own schema takes. For tests only. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Meta, Route } from '../../src/rest/route.ts'
import { appRouter } from '../../src/router.ts'

const definition = z.object({
  type: z.enum(['query', 'mutation', 'subscription']),
  meta: z.custom<Meta>(),
  inputs: z.array(z.instanceof(z.ZodType)),
})
export const procedures = Object.entries(appRouter._def.procedures).map(([name, built]) => ({
  name,
  ...definition.parse('_def' in built ? built._def : undefined),
}))
export type Procedure = (typeof procedures)[number]

/** The procedure as a client of `route` sees it. */
export const readBy = (route: Route, procedure: Procedure): Procedure =>
  route.reads ? { ...procedure, inputs: [route.reads.schema] } : procedure

type Json = z.core.JSONSchema.BaseSchema
const documents = new Map<z.ZodType, Json>()

/** The JSON schema of what a schema takes. To make one takes milliseconds, and the walks need each many times. */
export function documentOf(schema: z.ZodType): Json {
  const document = documents.get(schema) ?? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  documents.set(schema, document)
  return document
}

/** The smallest input that the procedure's schema takes, pointed at the fixture. */
export function inputFor({ name, inputs: [schema] }: Procedure, known: ReadonlyMap<string, unknown>): unknown {
  if (!schema) return undefined
  const document = documentOf(schema)
  const input = example(document, document, '', known)
  const parsed = schema.safeParse(input)
  if (!parsed.success)
    throw new Error(`no input for ${name} could be made: ${parsed.error.message}\n${JSON.stringify(input)}`)
  return input
}

/** Optional fields are left out, unless they say where. */
const WHERE = [
  'sourceSecretPath',
  'destinationSecretPath',
  'projectId',
  'environment',
  'secretPath',
  'path',
  'syncId',
  'connectionId',
  'folderId',
]

export function example(schema: Json, root: Json, field: string, known: ReadonlyMap<string, unknown>): unknown {
  if (known.has(field) && schema.type !== 'array') return known.get(field)
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')]
    if (!target || typeof target === 'boolean') throw new Error(`no ${schema.$ref}`)
    return example(target, root, field, known)
  }
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const [choice] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? []
  if (choice && typeof choice !== 'boolean') return example(choice, root, field, known)
  switch (schema.type) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).filter(
        ([name]) => schema.required?.includes(name) || WHERE.includes(name),
      )
      return Object.fromEntries(
        fields.map(([name, inner]) => [name, typeof inner === 'boolean' ? null : example(inner, root, name, known)]),
      )
    }
    case 'array':
      return (schema.minItems ?? 0) > 0 &&
        schema.items &&
        !Array.isArray(schema.items) &&
        typeof schema.items !== 'boolean'
        ? [example(schema.items, root, '', known)]
        : []
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1)
    case 'null':
      return null
    default:
      if (schema.format === 'email') return 'someone@example.com'
      if (schema.format === 'uri') return 'https://example.com'
      if (schema.format === 'uuid') return randomUUID()
      if (schema.format === 'date-time') return '2026-01-01T00:00:00.000Z'
      return 'generated-text'
  }
}
