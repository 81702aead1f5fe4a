/** One request to the emulated API server: authentication, authorization, then the handler of its path. */
import type { Bucket } from '../../shared/emulators/emulator-bucket.ts'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import {
  type Access,
  type Attempt,
  forbidden,
  isAllowed,
  reviewAttempt,
  reviewRules,
  reviewSelf,
  type User,
  type Verb,
} from './access.ts'
import { listed, namespaceItem, secretItem } from './lists.ts'
import { parsed } from './objects.ts'
import { create, one } from './secrets.ts'
import { failure, noSuchPath, notFound, unauthorized } from './status.ts'
import type { Store } from './store.ts'

export interface State {
  store: Store
  access: Access
  limit: Bucket
  /** Counts up when the page tokens given so far end. */
  epoch: number
  /** True from 1.28 on. */
  reviewsSelf: boolean
}

const MAX_BODY_BYTES = 3_145_728

export function serve(state: State, request: ServedRequest): ServedAnswer {
  const { access, limit } = state
  const user = access.userOf(request)
  if (!user) return unauthorized()
  if (!limit.take()) return tooMany()
  if (Buffer.byteLength(request.text) > MAX_BODY_BYTES) {
    const message = `Request entity too large: limit is ${MAX_BODY_BYTES}`
    return failure(413, 'RequestEntityTooLarge', message)
  }
  const path = request.path.split('/').map(decodeURIComponent).slice(1)
  if (path[0] === 'apis' && request.method === 'POST') return review(state, user, request, path.slice(1).join('/'))
  const [api, version, namespaces, namespace, kind, name, part] = path
  if (api !== 'api' || version !== 'v1') return noSuchPath()
  if (namespaces === 'secrets' && namespace === undefined) return list(state, user, request)
  if (namespaces !== 'namespaces') return noSuchPath()
  if (namespace === undefined) return list(state, user, request, 'namespaces')
  if (kind === 'serviceaccounts' && part === 'token' && name !== undefined) {
    const attempt = { verb: 'create', resource: 'serviceaccounts/token', namespace, name: undefined } as const
    if (!isAllowed(user, attempt)) return forbidden(user, attempt)
    return access.request(name, parsed(request.text)) ?? notFound('serviceaccounts', name)
  }
  if (kind !== 'secrets' || part !== undefined) return noSuchPath()
  if (name === undefined && request.method === 'GET') return list(state, user, request, 'secrets', namespace)
  return onSecrets(state, user, request, { namespace, name })
}

function onSecrets(
  { store }: State,
  user: User,
  request: ServedRequest,
  at: { namespace: string; name?: string },
): ServedAnswer {
  const verb = at.name === undefined ? CREATES.get(request.method) : VERBS.get(request.method)
  if (!verb) return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
  const attempt: Attempt = { verb, resource: 'secrets', ...at }
  if (!isAllowed(user, attempt)) return forbidden(user, attempt)
  const call = { store, user, namespace: at.namespace, request }
  return at.name === undefined ? create(call) : one(call, at.name)
}

function list(
  state: State,
  user: User,
  request: ServedRequest,
  resource = 'secrets',
  namespace?: string,
): ServedAnswer {
  const attempt: Attempt = { verb: 'list', resource, namespace }
  if (request.method !== 'GET')
    return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
  if (!isAllowed(user, attempt)) return forbidden(user, attempt)
  return resource === 'namespaces'
    ? listed('Namespace', state.store.namespaces.map(namespaceItem), request, state.epoch)
    : listed('Secret', state.store.list(namespace).map(secretItem), request, state.epoch)
}

function review(state: State, user: User, request: ServedRequest, path: string): ServedAnswer {
  // Every authenticated user may ask; anonymous may not.
  const [group, , kind] = path.split('/')
  if (user.rules.length === 0) return forbidden(user, { verb: 'create', resource: `${kind}.${group}` })
  if (path === 'authorization.k8s.io/v1/selfsubjectaccessreviews') return reviewAttempt(user, request)
  if (path === 'authorization.k8s.io/v1/selfsubjectrulesreviews') return reviewRules(user, request)
  if (path === 'authentication.k8s.io/v1/selfsubjectreviews' && state.reviewsSelf) return reviewSelf(user)
  return noSuchPath()
}

const CREATES: ReadonlyMap<string, Verb> = new Map([['POST', 'create']])
const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['GET', 'get'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
])

/** Priority and fairness: a queue is full. */
const tooMany = (): ServedAnswer => ({
  ...failure(429, 'TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds: 1 }),
  headers: { 'retry-after': '1' },
})
