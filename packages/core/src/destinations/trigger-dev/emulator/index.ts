/**
 * Trigger.dev as a local HTTP server, quirks included, written to the server's source of 2026-08-21 (4.5.12). Its own
 * SDK and command line work against it unchanged. It stands in for the vendor in tests, the demo and the bench.
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { type ServedAnswer, type ServedRequest, startEmulatorServer } from '../../shared/emulators/emulator-server.ts'
import { accountRoutes } from './account-routes.ts'
import { createAccounts, type Holder, type Keys, may } from './accounts.ts'
import { addBranch, type Place } from './model.ts'
import { findPlace, refuse } from './place.ts'
import { createRateLimit } from './rate-limit.ts'
import { seededProjects } from './seed.ts'
import { bulkImport, collection, decrypted, item } from './variables.ts'

export interface TriggerDevEmulatorOptions extends EmulatorOptions {
  /** `4.4`: a self-hosted server before 4.5.0, without the environments list and deaf to `isSecret` of import. */
  version?: '4.5' | '4.4'
}

export interface TriggerDevEmulator extends Emulator {
  keys: Keys
  /** References of the two seeded projects. */
  projects: readonly [string, string]
  /** What an environment holds itself, in clear and with its flags. `slug` as stored: dev, stg, preview, prod. */
  variables(
    slug: string,
    options?: { project?: string; branch?: string },
  ): Map<string, { value: string; isSecret: boolean }>
  /** Makes a branch of `preview` or `dev`. */
  branch(slug: string, name: string): void
  /** Removes an environment from the first project, as a plan without staging lacks it. */
  dropEnvironment(slug: string): void
}

/** What the tests of the engine run with this vendor for. */
export const represents = 'a vendor that takes many keys in one call, with flags'

export const lacks: readonly VendorCapability[] = ['issued tokens']

export async function startEmulator(options: TriggerDevEmulatorOptions = {}): Promise<TriggerDevEmulator> {
  const projects = seededProjects()
  const [first, second] = projects
  const accounts = createAccounts(projects)
  const limits = createRateLimit(options.rateLimit)
  const isOld = options.version === '4.4'
  const account = accountRoutes({ projects, origin: () => server.url, listsEnvironments: !isOld })

  const handle = async (request: ServedRequest): Promise<ServedAnswer> => {
    if (!request.path.startsWith('/api/')) return page404()
    if (request.path.endsWith('/')) return { status: 301, headers: { location: request.path.slice(0, -1) } }
    const header = request.headers.authorization
    if (header === undefined) return noAuthorization()
    const holder = accounts.holderOf(header)
    const { headers, refusal } = limits.take(holder?.kind === 'environment' ? holder.place.id : header, request.path)
    if (refusal) return refusal
    const answer = await route(request, holder)
    return { ...answer, headers: { ...headers, 'x-robots-tag': 'noindex, nofollow', ...answer.headers } }
  }

  const route = async (request: ServedRequest, holder: Holder | null): Promise<ServedAnswer> => {
    const segments = request.path.slice(1).split('/').map(decode)
    const [api, version, area, ref, word, slug, name, more] = segments
    const isVariables =
      api === 'api' && version === 'v1' && area === 'projects' && word === 'envvars' && more === undefined
    if (!isVariables || ref === undefined) return account(segments, request, holder) ?? page404()

    if (holder === null) return refuse(401, 'Invalid API key')
    if (holder.kind === 'environment' && !may(holder.scopes, request.method === 'GET' ? 'read' : 'write')) {
      return refuse(403, 'Unauthorized')
    }
    if (slug === undefined) return readDecrypted(request, holder, ref)
    const found = findPlace(holder, projects, ref, slug, request)
    if ('status' in found) return found
    if (name === undefined) return collection(found.place, request)
    if (name === 'import') return bulkImport(found.place, request, { ignoresImportSecret: isOld })
    return item(found.project, found.place, name, request)
  }

  const readDecrypted = (request: ServedRequest, holder: Holder, ref: string): ServedAnswer => {
    if (holder.kind !== 'environment') return refuse(401, 'Invalid API key')
    if (holder.project.ref !== ref) return refuse(404, 'Project not found')
    const found = findPlace(holder, projects, ref, holder.place.slug, request)
    return 'status' in found ? found : decrypted(found.place)
  }

  const place = (slug: string, ref = first.ref, branch?: string): Place => {
    const parent = projects.find((one) => one.ref === ref)?.places.get(slug)
    const found = branch === undefined ? parent : parent?.branches.get(branch)?.place
    if (!found) throw new Error(`The emulator has no ${ref} ${slug} ${branch ?? ''}`)
    return found
  }
  const target = place('prod')

  const server = await startEmulatorServer({ port: options.port, latencyMs: options.latencyMs, handle })
  return {
    ...server,
    credentials: { apiKey: accounts.keys.personal, instanceUrl: server.url },
    target: { projectRef: first.ref, environment: 'prod' },
    missingTarget: { projectRef: 'proj_nothing', environment: 'prod' },
    contents: () => new Map([...target.variables].map(([name, { value }]) => [name, value])),
    put: (key, value) => {
      target.variables.set(key, { value, isSecret: target.variables.get(key)?.isSecret ?? false })
    },
    remove: (key) => {
      target.variables.delete(key)
    },
    clear: () => {
      target.variables.clear()
      server.resetInFlight()
    },
    setRateLimit: limits.set,
    keys: accounts.keys,
    projects: [first.ref, second.ref],
    variables: (slug, where) => new Map(place(slug, where?.project, where?.branch).variables),
    branch: (slug, name) => {
      addBranch(place(slug), name)
    },
    dropEnvironment: (slug) => {
      first.places.delete(slug)
    },
  }
}

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const page404 = (): ServedAnswer => ({
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><html><body><h1>404</h1></body></html>',
})

function noAuthorization(): ServedAnswer {
  const words = 'No authorization header provided'
  const type = 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401'
  const body = { title: 'Unauthorized', status: 401, type, detail: words, error: words }
  return { status: 401, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(body, null, 2) }
}
