/** The OpenAPI 3.1 document, made from the same metadata and schemas that serve the routes. */
import { z } from 'zod'
import { errorBody } from '../infisical/error-body.ts'
import type { RestRoute } from './procedures.ts'

type Json = Record<string, unknown>

const ERRORS: readonly (readonly [status: string, description: string])[] = [
  ['400', 'The request cannot be carried out as it stands'],
  ['401', 'No token, or one that is not valid'],
  ['403', 'Not allowed'],
  ['404', 'Not found'],
  ['422', 'A field breaks its rule; `message` lists the issues and `details.summary` says them in words'],
  ['429', 'Too many requests'],
]

/** `isPublic`: which procedures need no token. */
export function openApi(routes: readonly RestRoute[], isPublic: (procedure: string) => boolean): Json {
  const components = new Map<string, unknown>()
  const errorRef = schemaOf(errorBody, 'output', components)
  const paths = new Map<string, Json>()
  for (const rest of routes) {
    const path = rest.route.path.replaceAll(/:(\w+)/g, '{$1}')
    const known = paths.get(path) ?? {}
    known[rest.route.method.toLowerCase()] = operation(rest, isPublic(rest.procedure), errorRef, components)
    paths.set(path, known)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keyferry',
      // Of the API; which software runs is for who is signed in.
      version: '1',
      description: 'Every success is 200. Routes and fields are those of Infisical where it has them.',
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(components),
    },
  }
}

function operation(rest: RestRoute, open: boolean, errorRef: unknown, components: Map<string, unknown>): Json {
  const { route, meta, procedure, input, output } = rest
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')
  const defs = input ? hoist(input.document, components) : null
  const fields = Object.entries(object(defs?.properties)).filter(([name]) => !inPath.includes(name))
  const required = new Set(input?.required)
  const asQuery = (route.input ?? (route.method === 'GET' ? 'query' : 'body')) === 'query'
  const parameters = [
    ...inPath.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: object(defs?.properties)[name] ?? { type: 'string' },
    })),
    ...(asQuery
      ? fields
          .filter(([name]) => name !== route.rest)
          .map(([name, schema]) => ({ name, in: 'query', required: required.has(name), schema }))
      : []),
  ]
  const body = {
    type: 'object',
    properties: Object.fromEntries(fields),
    required: fields.map(([name]) => name).filter((name) => required.has(name)),
  }
  return {
    // The same procedure may be served under several paths, and an id must be unique.
    operationId: `${procedure}:${route.method} ${route.path}`.replaceAll(/[^A-Za-z0-9]+/g, '_'),
    tags: [meta.tag],
    summary: meta.summary,
    ...(open ? { security: [] } : {}),
    parameters,
    ...(asQuery || fields.length === 0
      ? {}
      : { requestBody: { required: body.required.length > 0, content: json(body) } }),
    responses: {
      '200': { description: 'Done', content: json(envelope(rest, schemaOf(output, 'output', components))) },
      ...Object.fromEntries(ERRORS.map(([status, description]) => [status, { description, content: json(errorRef) }])),
    },
  }
}

const json = (schema: unknown): Json => ({ 'application/json': { schema } })

function envelope({ route }: RestRoute, schema: unknown): unknown {
  if (route.envelope === undefined) return schema
  const properties: Json = {
    ...(route.message === undefined ? {} : { message: { type: 'string' } }),
    ...(route.workspace ? { workspace: { type: 'string', description: 'Id of the project' } } : {}),
    [route.envelope]: schema,
  }
  return { type: 'object', properties, required: Object.keys(properties) }
}

/** JSON schema of `schema`; those with an id move to the components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Map<string, unknown>): unknown {
  // One level down, so that a schema with an id of its own becomes a reference too.
  const holder = z.toJSONSchema(z.object({ it: schema }), { io, unrepresentable: 'any' })
  return object(hoist(holder, components).properties).it
}

function hoist(document: unknown, components: Map<string, unknown>): Json {
  const { $defs, $schema: _, ...rest } = object(repointed(document))
  for (const [name, definition] of Object.entries(object($defs))) {
    // zod repeats the id inside, where it means something else in JSON schema.
    const { id: __, ...schema } = object(definition)
    components.set(name, schema)
  }
  return rest
}

function repointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(repointed)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : repointed(inner),
    ]),
  )
}

const object = (value: unknown): Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {}
