/** The calls on secrets: read, list, create, replace, patch in each form, and delete. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { type Attempt, isAllowed, type User } from './access.ts'
import { apply, type Fields, update } from './managed-fields.ts'
import { asObject, bare, decode, parsed, type Sent, shown, Undecodable } from './objects.ts'
import { applyConflict, badRequest, failure, invalid, modified, notFound } from './status.ts'
import type { Store, Write } from './store.ts'

export interface Call {
  store: Store
  user: User
  namespace: string
  request: ServedRequest
}

export const create = (call: Call): ServedAnswer =>
  decoding(parsed(call.request.text), (sent) => {
    if (sent.name === undefined) return badRequest('name or generateName is required')
    if (sent.resourceVersion) return badRequest('resourceVersion should not be set on objects to be created')
    const after = update(null, managerOf(call.request), all(sent))
    return call.store.save({ ...place(call, sent.name), after, isCreate: true })
  })

export function one(call: Call, name: string): ServedAnswer {
  const { store, namespace, request } = call
  const before = store.get(namespace, name)
  if (request.method === 'PATCH') return patch(call, name)
  if (!before) return notFound('secrets', name)
  if (request.method === 'GET') return { status: 200, body: shown(before) }
  if (request.method === 'PUT') return replace(call, name)
  const wanted = asObject(asObject(parsed(request.text))?.preconditions)?.resourceVersion
  if (wanted !== undefined && wanted !== before.resourceVersion) return modified(name)
  if (!isDryRun(request)) store.delete(namespace, name)
  const details = { name, kind: 'secrets', uid: before.uid }
  return { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } }
}

const replace = (call: Call, name: string): ServedAnswer =>
  decoding(parsed(call.request.text), (sent) => {
    if (sent.name !== name) return badRequest(nameMismatch(sent.name, name))
    const after = update(
      call.store.get(call.namespace, name) ?? null,
      managerOf(call.request),
      withType(call, name, sent),
    )
    return call.store.save({ ...place(call, name), after, resourceVersion: sent.resourceVersion })
  })

function patch(call: Call, name: string): ServedAnswer {
  const type = call.request.headers['content-type']?.split(';')[0] ?? ''
  if (type === 'application/apply-patch+yaml') return applyPatch(call, name)
  const before = call.store.get(call.namespace, name)
  if (!before) return notFound('secrets', name)
  const body = parsed(call.request.text)
  if (type === 'application/json-patch+json') {
    const after = Array.isArray(body) ? operated(bare(before), body) : null
    return after ? patched(call, name, after) : uselessWords()
  }
  if (type !== 'application/merge-patch+json' && type !== 'application/strategic-merge-patch+json') {
    return failure(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${PATCHES}`,
    )
  }
  const changes = asObject(body)
  return changes ? patched(call, name, merged(bare(before), changes)) : badRequest('error decoding patch')
}

/** Server-side apply. The body is YAML, of which JSON is a part. */
function applyPatch(call: Call, name: string): ServedAnswer {
  const { request, store, namespace, user } = call
  const manager = request.query.get('fieldManager')
  if (!manager)
    return invalid(name, [
      { reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' },
    ])
  const body = parsed(request.text)
  if (body === undefined) return badRequest('error decoding YAML: error converting YAML to JSON')
  if (asObject(asObject(body)?.metadata)?.managedFields) return badRequest('metadata.managedFields must be nil')
  return decoding(body, (sent) => {
    if (sent.name !== undefined && sent.name !== name) return badRequest(nameMismatch(sent.name, name))
    const before = store.get(namespace, name)
    const attempt: Attempt = { verb: 'create', resource: 'secrets', namespace }
    // The reason is missing here, as the server leaves it out.
    if (!before && !isAllowed(user, attempt))
      return failure(403, 'Forbidden', `secrets "${name}" is forbidden: `, { name, kind: 'secrets' })
    if (!before && sent.resourceVersion) return modified(name)
    const after = apply(before ?? null, manager, sent.fields, { force: request.query.get('force') === 'true' })
    if ('conflicts' in after) return applyConflict(after.conflicts)
    const fields = new Map([...after.fields, ...sent.plain])
    return store.save({ ...place(call, name), after: { ...after, fields }, resourceVersion: sent.resourceVersion })
  })
}

/** Stores what a patch made of the object. One that can't be decoded is quoted whole, as the server does it. */
function patched(call: Call, name: string, object: unknown): ServedAnswer {
  const { store, namespace, request } = call
  try {
    const sent = decode(object)
    const before = store.get(namespace, name)
    const after = update(before ?? null, managerOf(request), withType(call, name, sent))
    return store.save({ ...place(call, name), after, resourceVersion: sent.resourceVersion })
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    const message = ` "" is invalid: patch: Invalid value: ${JSON.stringify(JSON.stringify(object))}: ${error.message}`
    return failure(422, 'Invalid', message, { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] })
  }
}

function decoding(body: unknown, then: (sent: Sent) => ServedAnswer): ServedAnswer {
  try {
    return then(decode(body))
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    return badRequest(`Secret in version "v1" cannot be handled as a Secret: ${error.message}`)
  }
}

const all = (sent: Sent): Fields => new Map([...sent.fields, ...sent.plain])

/** A write of the whole object keeps the type that it leaves out: the server fills it in. */
const withType = ({ store, namespace }: Call, name: string, sent: Sent): Fields =>
  new Map([['type', store.get(namespace, name)?.fields.get('type') ?? 'Opaque'], ...all(sent)])

const place = ({ namespace, request }: Call, name: string): Pick<Write, 'namespace' | 'name' | 'dryRun'> => ({
  namespace,
  name,
  dryRun: isDryRun(request),
})

const isDryRun = ({ query }: ServedRequest): boolean => query.get('dryRun') === 'All'

/** Left out, it is the user agent up to its slash. */
const managerOf = ({ query, headers }: ServedRequest): string =>
  query.get('fieldManager') ?? headers['user-agent']?.split('/')[0] ?? 'unknown'

/** JSON merge patch (RFC 7396). */
function merged(
  before: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const after = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(changes)) {
    const inner = asObject(value)
    if (value === null) after.delete(name)
    else after.set(name, inner ? merged(asObject(after.get(name)) ?? {}, inner) : value)
  }
  return Object.fromEntries(after)
}

/** JSON patch on the members of `data`; null for a failed test, an absent path and everything else. */
function operated(object: Record<string, unknown>, operations: readonly unknown[]): Record<string, unknown> | null {
  const data = new Map(Object.entries(asObject(object.data) ?? {}))
  for (const operation of operations) {
    const { op, path, value } = asObject(operation) ?? {}
    const key =
      typeof path === 'string'
        ? /^\/data\/([^/]+)$/.exec(path)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~')
        : undefined
    if (key === undefined || (op !== 'add' && !data.has(key)) || (op === 'test' && data.get(key) !== value)) return null
    if (op === 'remove') data.delete(key)
    else if (op === 'add' || op === 'replace') data.set(key, value)
    else if (op !== 'test') return null
  }
  return { ...object, data: Object.fromEntries(data) }
}

const uselessWords = (): ServedAnswer =>
  failure(422, 'Invalid', 'the server rejected our request due to an error in our request')

const nameMismatch = (sent = '', name: string): string =>
  `the name of the object (${sent}) does not match the name on the URL (${name})`

const PATCHES =
  'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml'
