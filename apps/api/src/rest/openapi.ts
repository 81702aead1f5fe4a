/** The OpenAPI 3.1 document, made from the same metadata and schemas that serve the routes. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { errorBody } from '../infisical/error-body.ts'
import type { ErrorCode } from '@keyferry/schemas'
import { exampleOf, exampleOfObject } from './examples.ts'
import type { RestRoute } from './procedures.ts'

type Json = Record<string, unknown>

interface Refusal {
  status: number
  /** The code in its body. */
  error: ErrorCode
  description: string
  message: string
  /** It says in `Retry-After` when to try again. */
  isTemporary?: boolean
}

const REFUSALS: readonly Refusal[] = [
  {
    status: 400,
    error: 'BadRequest',
    description: 'The request cannot be carried out as it stands',
    message: 'There is no environment prod in Web shop',
  },
  {
    status: 401,
    error: 'UnauthorizedError',
    description: 'No token, or one that is not valid',
    message: 'Sign in first',
  },
  { status: 403, error: 'ForbiddenError', description: 'Not allowed', message: 'You may not write secrets here' },
  {
    status: 404,
    error: 'NotFound',
    description: 'It does not exist, or the caller may not know that it does',
    message: 'There is no such secret',
  },
  {
    status: 409,
    error: 'Conflict',
    description: 'It changed meanwhile, or exists already',
    message: 'It has version 3 now, not 2',
  },
  {
    status: 413,
    error: 'PayloadTooLarge',
    description: 'The request or its answer would be too large, or a quota is used up',
    message: 'The answer is larger than it may be. Ask for less.',
  },
  {
    status: 422,
    error: 'ValidationFailure',
    description: 'A field breaks its rule; `message` lists the issues and `details.summary` says them in words',
    message: 'environment: must not be empty',
  },
  {
    status: 429,
    error: 'RateLimitExceeded',
    description: 'Too many requests',
    message: 'Rate limit exceeded, retry in 1 minute',
    isTemporary: true,
  },
  {
    status: 500,
    error: 'InternalServerError',
    description: 'Keyferry failed; its log has the details under `reqId`',
    message: 'Something went wrong',
  },
  {
    status: 503,
    error: 'ServiceUnavailable',
    description: 'The store is away, read-only or full, or Keyferry is busy',
    message: 'The store cannot be reached.',
    isTemporary: true,
  },
]

/** `isPublic`: which procedures need no token. */
export function openApi(routes: readonly RestRoute[], isPublic: (procedure: string) => boolean): Json {
  const components = new Map<string, unknown>()
  const errorRef = schemaOf(errorBody, 'output', components)
  const paths = new Map<string, Json>()
  // To OpenAPI, paths that differ only in the names of their parameters are the same one.
  const names = new Map<string, string>()
  for (const rest of routes) {
    const template = rest.route.path.replaceAll(/:\w+/g, '{}')
    const path = names.get(template) ?? rest.route.path.replaceAll(/:(\w+)/g, '{$1}')
    names.set(template, path)
    const known = paths.get(path) ?? {}
    known[rest.route.method.toLowerCase()] = operation(rest, path, isPublic(rest.procedure), components)
    paths.set(path, known)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Keyferry',
      // Of the API; which software runs is for who is signed in.
      version: '1',
      description: 'Every success is 200. Routes and fields are those of Infisical where it has them.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This instance' }],
    security: [{ bearer: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(components),
      responses: Object.fromEntries(REFUSALS.map((refusal) => [refusal.error, refusalResponse(refusal, errorRef)])),
    },
  }
}

function operation(rest: RestRoute, path: string, open: boolean, components: Map<string, unknown>): Json {
  const { route, meta, procedure, input, output } = rest
  const shownNames = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')
  const defs = input ? hoist(input.document, components) : null
  const fields = Object.entries(object(defs?.properties)).filter(([name]) => !inPath.includes(name))
  const required = new Set(input?.required)
  const asQuery = (route.input ?? (route.method === 'GET' ? 'query' : 'body')) === 'query'
  const parameters = [
    ...inPath.map((name, n) => {
      const schema = object(defs?.properties)[name] ?? { type: 'string' }
      const example = exampleOf(schema, name, components)
      return { name: shownNames[n] ?? name, in: 'path', required: true, schema, example }
    }),
    ...(asQuery
      ? fields
          .filter(([name]) => name !== route.rest)
          .map(([name, schema]) => ({
            name,
            in: 'query',
            required: required.has(name),
            schema,
            ...(required.has(name) ? { example: exampleOf(schema, name, components) } : {}),
          }))
      : []),
  ]
  const body = {
    type: 'object',
    properties: Object.fromEntries(fields),
    required: fields.map(([name]) => name).filter((name) => required.has(name)),
  }
  const answer = envelope(rest, schemaOf(output, 'output', components))
  return {
    // The same procedure may be served under several paths, and an id must be unique.
    operationId: `${procedure}:${route.method} ${route.path}`.replaceAll(/[^A-Za-z0-9]+/g, '_'),
    tags: [meta.tag],
    summary: meta.summary,
    description: descriptionOf(rest, open),
    ...(open ? { security: [] } : {}),
    parameters,
    ...(asQuery || fields.length === 0
      ? {}
      : {
          requestBody: { required: body.required.length > 0, content: json(body, exampleOfObject(body, components)) },
        }),
    responses: {
      '200': { description: 'Done', content: json(answer, exampleOf(answer, '', components)) },
      ...Object.fromEntries(REFUSALS.map(({ status, error }) => [status, { $ref: `#/components/responses/${error}` }])),
    },
  }
}

/** What the summary leaves out: who can call it, how often, and by which other names. */
function descriptionOf({ route, meta, procedure, type }: RestRoute, open: boolean): string {
  const others = meta.routes
    .filter((other) => other !== route)
    .map((other) => `\`${other.method} ${other.path.replaceAll(/:(\w+)/g, '{$1}')}\``)
  return [
    open
      ? 'Needs no token.'
      : 'Needs the session or token of a person, an API key, or an access token of a machine, with the permission for what it names.',
    meta.perMinute === undefined ? '' : `At most ${meta.perMinute} times a minute from one address.`,
    meta.weight === undefined
      ? ''
      : 'It can be slow: a caller has a few of them at a time, others wait for their turn.',
    route.conditional ? 'Answers carry an `ETag`; with the present one in `If-None-Match` the answer is 304.' : '',
    route.form ? 'Takes `application/x-www-form-urlencoded` too.' : '',
    others.length > 0 ? `Also at ${others.join(', ')}.` : '',
    `In the typed client: \`${procedure}.${type === 'query' ? 'query' : 'mutate'}\`.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds until it is worth trying again', schema: { type: 'integer' } },
}

const refusalResponse = ({ status, error, description, message, isTemporary }: Refusal, errorRef: unknown): Json => ({
  description,
  ...(isTemporary ? { headers: RETRY_AFTER } : {}),
  content: json(errorRef, { reqId: '5a7ad936-22fc-4151-a432-82655ebc6199', statusCode: status, message, error }),
})

const json = (schema: unknown, example?: unknown): Json => ({
  'application/json': { schema, ...(example === undefined ? {} : { example }) },
})

function envelope({ route }: RestRoute, schema: unknown): unknown {
  if (route.envelope === undefined) return schema
  const properties: Json = {
    ...(route.message === undefined ? {} : { message: { type: 'string', examples: [route.message] } }),
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
    const known = components.get(name)
    if (known !== undefined && !isDeepStrictEqual(known, schema))
      throw new Error(
        `Two schemas of the REST API have the ID ${name}. Answer with the one that the other routes use (\`answers\`), or give yours another ID.`,
      )
    components.set(name, schema)
  }
  return rest
}

function repointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(repointed)
  if (value === null || typeof value !== 'object') return value
  const { propertyNames, additionalProperties, ...rest } = object(value)
  const { enum: names } = object(propertyNames)
  // A record whose keys are a list has exactly those.
  if (Array.isArray(names) && Array.isArray(rest.required))
    return repointed({ ...rest, properties: Object.fromEntries(names.map((name) => [name, additionalProperties])) })
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
