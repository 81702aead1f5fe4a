/** One request to the emulated Vault: the checks in the server's order, then the handler of its path. */
import type { Bucket } from '../../shared/emulators/emulator-bucket.ts'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { noHandler, ok, refuse } from './answers.ts'
import { parseBody } from './bodies.ts'
import { live } from './documents.ts'
import { serveV1 } from './kv-v1.ts'
import { serveV2 } from './kv-v2.ts'
import { describeMount, listMounts, type Mount, mountOf } from './mounts.ts'
import { type Capability, capabilitiesOn } from './policies.ts'
import type { Token, Tokens } from './tokens.ts'

export interface State {
  mounts: readonly Mount[]
  namespaces: readonly string[]
  tokens: Tokens
  limit: Bucket
  /** Seconds that a refusal by the quota names. */
  retryAfter: number
  isSealed: boolean
  /** False before Vault 1.9. */
  canPatch: boolean
}

/** `max_request_size`. */
const MAX_BODY_BYTES = 33_554_432

export function serve(state: State, request: ServedRequest): ServedAnswer {
  const path = decoded(request.path)
  if (path === null) return refuse(400, 'invalid URL escape')
  if (!path.startsWith('/v1/')) return { status: 404, body: '404 page not found\n' }
  if (state.isSealed) return refuse(503, 'Vault is sealed')
  const route = path.slice('/v1/'.length)
  if (!state.limit.take()) {
    const refusal = refuse(429, `request path "${route}": rate limit quota exceeded`)
    return { ...refusal, headers: { 'retry-after': String(state.retryAfter) } }
  }
  if (request.text.length > MAX_BODY_BYTES) return refuse(413, 'http: request body too large')
  const namespace = String(request.headers['x-vault-namespace'] ?? '').replace(/^\/+|\/+$/g, '')
  const login = /^auth\/([^/]+)\/login$/.exec(route)?.[1]
  if (login !== undefined) {
    return state.tokens.login(login, namespace, Object.fromEntries(parseBody(request.text) ?? []))
  }
  const token = state.tokens.of(request)
  if (!token || !isWithin(namespace, token.namespace)) return refuse(403, 'permission denied')
  if (!state.namespaces.includes(namespace)) return noHandler(route)
  return ofToken(state, request, { token, namespace, route })
}

interface Asked {
  token: Token
  namespace: string
  /** The path below `/v1/`, decoded. */
  route: string
}

function ofToken(state: State, request: ServedRequest, { token, namespace, route }: Asked): ServedAnswer {
  /** Policies are written from the namespace of the token on. */
  const below = namespace.slice(token.namespace.length).replace(/^\//, '')
  const granted = (path: string): Set<Capability> =>
    capabilitiesOn(token.policies, below === '' ? path : `${below}/${path}`)

  const described = /^sys\/internal\/ui\/mounts\/(.+)$/.exec(route)?.[1]
  if (described !== undefined) return describeMount(mountOf(state.mounts, namespace, described), token)
  const mount = mountOf(state.mounts, namespace, route)
  if (!granted(route).has(wanted(request, mount, route))) return denied()
  if (route === 'sys/internal/ui/mounts') return listMounts(state.mounts, namespace, token)
  if (route === 'sys/capabilities-self') return capabilities(request, granted)
  const self = /^auth\/token\/(lookup-self|renew-self|revoke-self)$/.exec(route)?.[1]
  if (self !== undefined) return state.tokens.self(self, token)
  if (!mount) return noHandler(route)
  const rest = route.slice(mount.path.length)
  return mount.version === 1 ? serveV1(mount, rest, request) : serveV2(mount, rest, request, state.canPatch)
}

/** What a policy must grant for this request. */
function wanted({ method, query }: ServedRequest, mount: Mount | undefined, route: string): Capability {
  if (method === 'GET') return query.get('list') === null ? 'read' : 'list'
  if (method === 'DELETE') return 'delete'
  if (method === 'PATCH') return 'patch'
  if (!mount) return 'update'
  const rest = route.slice(mount.path.length)
  const document = mount.documents.get(mount.version === 1 ? rest : rest.replace(/^(data|metadata)\//, ''))
  return live(document) === null ? 'create' : 'update'
}

function capabilities(request: ServedRequest, granted: (path: string) => Set<Capability>): ServedAnswer {
  const paths = parseBody(request.text)?.get('paths')
  if (!Array.isArray(paths) || paths.length === 0) return refuse(400, 'paths must be supplied')
  const byPath = new Map(
    paths.map((path) => {
      const capability = [...granted(String(path))].sort()
      return [String(path), capability.length === 0 ? ['deny'] : capability] as const
    }),
  )
  const [first] = byPath.values()
  const data = { ...Object.fromEntries(byPath), ...(byPath.size === 1 ? { capabilities: first } : {}) }
  return ok(data, data)
}

const denied = (): ServedAnswer => refuse(403, '1 error occurred:\n\t* permission denied\n\n')

const isWithin = (namespace: string, outer: string): boolean =>
  outer === '' || namespace === outer || namespace.startsWith(`${outer}/`)

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
