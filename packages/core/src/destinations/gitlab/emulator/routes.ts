/** One request to the emulated GitLab. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { type Accounts, canSee, type Token, whyForbidden } from './accounts.ts'
import { notFound, ok, page, refuse } from './answers.ts'
import type { RateLimit } from './rate-limit.ts'
import { type Edition, type Resource, serveVariables } from './variables.ts'

export interface State {
  accounts: Accounts
  resources: readonly Resource[]
  edition: Edition
  limit: RateLimit
  /** As behind a proxy that knows only some headers. */
  dropsPagingHeaders: boolean
}

export function serve(state: State, request: ServedRequest): ServedAnswer {
  const segments = segmentsOf(request.path)
  if (segments === null) return refuse(404, '404 Not Found')
  const refused = state.limit.take()
  if (refused) return refused
  const answer = answerTo(state, request, segments)
  return { ...answer, headers: { ...state.limit.headers(), ...(!state.dropsPagingHeaders && answer.headers) } }
}

/** What is below `/api/v4`, which may be below a relative root, decoded. */
function segmentsOf(path: string): string[] | null {
  const [, below] = /\/api\/v4\/(.*)$/.exec(path) ?? []
  try {
    return below?.split('/').map(decodeURIComponent) ?? null
  } catch {
    return null
  }
}

function answerTo(state: State, request: ServedRequest, segments: readonly string[]): ServedAnswer {
  const token = state.accounts.of(request)
  if ('status' in token) return token
  const [root, id, what, key, ...more] = segments
  if (root === 'projects' || root === 'groups') {
    const kind = root === 'projects' ? 'project' : 'group'
    if (id === undefined) return page(request, listed(state, token, request, kind).map(rowOf))
    const resource = state.resources.find((one) => one.kind === kind && (String(one.id) === id || one.path === id))
    if (!resource || !canSee(token, resource)) return notFound(kind === 'project' ? 'Project' : 'Group')
    if (what === undefined) return ok({ ...rowOf(resource), permissions: permissionsOf(token) })
    if (what === 'environments' && kind === 'project') {
      return page(
        request,
        resource.environments.map((name, n) => ({ id: n + 1, name, slug: name, state: 'available' })),
      )
    }
    if (what !== 'variables' || more.length > 0) return refuse(404, '404 Not Found')
    return whyForbidden(token, resource, request.method) ?? serveVariables(resource, state.edition, request, key)
  }
  return request.method === 'GET' ? ofToken(token, segments) : refuse(404, '404 Not Found')
}

/** Of the token itself, and of the server. */
function ofToken(token: Token, [root, id]: readonly string[]): ServedAnswer {
  if (root === 'version' || root === 'metadata') return ok({ version: '18.6.0', revision: 'abcdef12345' })
  if (root === 'user') return ok({ id: 1, username: token.username, name: 'Ada', state: 'active' })
  if (root !== 'personal_access_tokens' || id !== 'self') return refuse(404, '404 Not Found')
  if (token.kind === 'oauth') return refuse(401, '401 Unauthorized')
  return ok({
    id: 42,
    name: 'keyferry',
    revoked: false,
    created_at: '2026-01-02T03:04:05.000Z',
    description: null,
    scopes: token.scopes,
    user_id: 1,
    last_used_at: null,
    active: true,
    expires_at: '2027-11-27',
  })
}

/** Pages by ID go on after `id_after`. */
function listed({ resources }: State, token: Token, { query }: ServedRequest, kind: Resource['kind']): Resource[] {
  const after = Number(query.get('id_after') ?? 0)
  const isEnough = token.accessLevel >= Number(query.get('min_access_level') ?? 0)
  return resources.filter((one) => one.kind === kind && isEnough && canSee(token, one) && one.id > after)
}

const rowOf = ({ kind, id, path }: Resource): Record<string, unknown> => {
  const name = path.split('/').at(-1)
  return kind === 'project' ? { id, name, path_with_namespace: path } : { id, name, full_path: path, full_name: path }
}

const permissionsOf = ({ accessLevel }: Token) => ({
  project_access: { access_level: accessLevel, notification_level: 3 },
  group_access: null,
})
