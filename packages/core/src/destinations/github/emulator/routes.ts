/** One request to the emulated GitHub. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { type Accounts, type Token, whyForbidden } from './accounts.ts'
import { notFound, ok, page, refuse } from './answers.ts'
import type { App } from './app.ts'
import { type Place, placeAt, repositoryNamed, type World } from './places.ts'
import type { RateLimits } from './rate-limit.ts'
import { environmentRow, organizationRow, repositoryRow, userRow } from './rows.ts'
import { serveSecrets } from './secrets.ts'
import { serveSelectedRepositories } from './selected-repositories.ts'
import { serveVariables } from './variables.ts'

export interface State {
  world: World
  accounts: Accounts
  app: App
  limits: RateLimits
  /** Status of a POST for a variable that exists. */
  existingVariable: 409 | 500
}

const SIZES = { usual: 30, most: 100 }

export async function serve(state: State, request: ServedRequest): Promise<ServedAnswer> {
  const segments = segmentsOf(request.path)
  if (segments === null) return refuse(400, 'Bad Request')
  const proven = await state.app.serve(request, segments)
  if (proven) return proven
  const token = state.accounts.of(request)
  if ('status' in token) return token
  const answer =
    state.limits.take(request.method) ??
    ofAccount(state, token, request, segments) ??
    ofRepository(state, token, request, segments) ??
    ofPlace(state, token, request, segments)
  return { ...answer, headers: { ...state.limits.headers(), ...headersOf(token), ...answer.headers } }
}

/** What GitHub says about the token beside every answer. */
const headersOf = ({ kind, rights, expiresAt }: Token): Record<string, string> => ({
  ...(kind === 'classic' && { 'x-oauth-scopes': rights.join(', ') }),
  ...(Number.isFinite(expiresAt) && { 'github-authentication-token-expiration': new Date(expiresAt).toISOString() }),
})

/** Decoded, without the `/api/v3` of Enterprise Server; null for broken percent-encoding. */
function segmentsOf(path: string): string[] | null {
  try {
    return path
      .replace(/^\/api\/v3(?=\/)/, '')
      .split('/')
      .slice(1)
      .map(decodeURIComponent)
  } catch {
    return null
  }
}

function ofPlace(state: State, token: Token, request: ServedRequest, segments: readonly string[]): ServedAnswer {
  const place = placeAt(state.world, segments)
  if (place === null) return notFound()
  if ('movedTo' in place) return moved(request, segments, place.movedTo)
  const forbidden = whyForbidden(token, place, request.method)
  if (forbidden) return forbidden
  return inPlace(state, place, request)
}

function inPlace({ world, existingVariable }: State, place: Place, request: ServedRequest): ServedAnswer {
  if (place.rest.length > 1) {
    return place.rest[1] === 'repositories' ? serveSelectedRepositories(world, place, request) : notFound()
  }
  return place.kind === 'secrets' ? serveSecrets(place, request) : serveVariables(place, request, existingVariable)
}

/** A renamed repository: 301, and 307 for writes, which must not become a GET. */
function moved(request: ServedRequest, segments: readonly string[], id: number): ServedAnswer {
  const rest = segments.slice(3).map(encodeURIComponent).join('/')
  const query = request.query.size === 0 ? '' : `?${request.query.toString()}`
  const url = `http://${request.headers.host}/repositories/${id}/${rest}${query}`
  const status = request.method === 'GET' ? 301 : 307
  const message = status === 301 ? 'Moved Permanently' : 'Temporary Redirect'
  return {
    status,
    headers: { location: url },
    body: { message, url, documentation_url: 'https://docs.github.com/rest' },
  }
}

/** What a token's owner sees: the account, and the lists that fill pickers. */
function ofAccount(
  { world }: State,
  token: Token,
  request: ServedRequest,
  [root, second, third]: readonly string[],
): ServedAnswer | null {
  const isInstallation = token.kind === 'installation'
  const seen = world.repositories.filter(({ owner }) => token.owners.includes(owner))
  if (request.method !== 'GET') return null
  if (root === 'user') {
    if (isInstallation) return refuse(403, 'Resource not accessible by integration')
    if (second === undefined) return ok(userRow(token.login))
    if (second === 'repos') {
      const { rows, headers } = page(request, seen, SIZES)
      return ok(rows.map(repositoryRow), headers)
    }
    // A fine-grained token sees none here, whatever it may do.
    const logins = token.kind === 'classic' ? world.organizations.filter((login) => token.owners.includes(login)) : []
    return second === 'orgs' ? ok(logins.map(organizationRow)) : null
  }
  if (root === 'installation' && second === 'repositories') {
    if (!isInstallation)
      return refuse(
        403,
        'You must authenticate with an installation access token in order to list repositories for an installation.',
      )
    const { rows, headers } = page(request, seen, SIZES)
    return ok({ total_count: seen.length, repositories: rows.map(repositoryRow) }, headers)
  }
  if (root === 'orgs' && third === 'repos') {
    if (!world.organizations.includes(second ?? '')) return notFound()
    const { rows, headers } = page(
      request,
      seen.filter(({ owner }) => owner === second),
      SIZES,
    )
    return ok(rows.map(repositoryRow), headers)
  }
  return null
}

/** A repository's environments. */
function ofRepository(
  { world }: State,
  token: Token,
  request: ServedRequest,
  [root, owner = '', name = '', ...rest]: readonly string[],
): ServedAnswer | null {
  const [environments, environment, kind] = rest
  if (root !== 'repos' || environments !== 'environments' || kind !== undefined) return null
  const repository = repositoryNamed(world, owner, name)
  if (!repository || !token.owners.includes(repository.owner)) return notFound()
  if (environment !== undefined) {
    if (request.method === 'PUT' && !repository.environments.includes(environment)) {
      repository.environments.push(environment)
    }
    return repository.environments.includes(environment) ? ok(environmentRow(repository, environment)) : notFound()
  }
  const { rows, headers } = page(request, repository.environments, SIZES)
  return ok(
    { total_count: repository.environments.length, environments: rows.map((row) => environmentRow(repository, row)) },
    headers,
  )
}
