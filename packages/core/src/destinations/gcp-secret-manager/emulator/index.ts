/**
 * Google Secret Manager of a few projects, with the hosts that a client needs beside it (tokens, IAM Credentials,
 * Resource Manager, Service Usage), as one real HTTP server on loopback (protos, quotas and public issues, 2026-11-28).
 */
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { startEmulatorServer, type ServedAnswer, type ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { createIdentities, type Identities, type ServiceAccount } from './identities.ts'
import { LOCATIONS, quotas } from './limits.ts'
import { permissionDenied, Refused, serviceDisabled } from './refused.ts'
import { routeOf, type Call, type Collection } from './routes.ts'
import { createSecrets, type Secret, type Secrets, type Settings } from './secrets.ts'

export interface GcpEmulatorOptions extends EmulatorOptions {
  /** Default 25,000, as the documents say. */
  pageCap?: number
  /** The organization allows secrets in named locations only. Default false. */
  forbidsAutomatic?: boolean
}

export interface GcpEmulator extends Emulator {
  /** The credential in `credentials` is the manager's key. */
  accounts: Identities['accounts']
  /** Secrets of the target's project: global ones, or those of a region. */
  secrets(location?: string): Secret[]
  /** Puts a secret there, with a version of each value. */
  plant(secret: { id: string; values?: readonly string[]; location?: string } & Settings): Secret
  /** From now on the list of global secrets does not change, until the function that it returns is called. */
  holdLists(): () => void
  /** Makes all tokens too old. */
  expireTokens(): void
}

interface Project {
  id: string
  number: string
  isApiOn: boolean
  /** By location, '' for the global ones. */
  collections: ReadonlyMap<string, Secrets>
}

export async function startEmulator(options: GcpEmulatorOptions = {}): Promise<GcpEmulator> {
  const identities = createIdentities()
  const demo = project('keyferry-demo', '123456789012', true)
  const projects = [demo, project('keyferry-off', '210987654321', false)]
  let take = quotas(options.rateLimit)

  const collectionOf = (holder: ServiceAccount, id: string, location: string, permission: string): Collection => {
    const found = projects.find((one) => one.id === id || one.number === id)
    if (!found || !holder.permissions.includes(permission)) throw permissionDenied(permission, `projects/${id}`)
    if (!found.isApiOn) throw serviceDisabled('secretmanager.googleapis.com', found.number)
    const secrets = found.collections.get(location)
    if (!secrets) throw new Refused('INVALID_ARGUMENT', `Location ${location} is not found or access is unauthorized.`)
    return {
      secrets,
      prefix: `projects/${found.number}${location && `/locations/${location}`}`,
      isRegional: location !== '',
      forbidsAutomatic: options.forbidsAutomatic ?? false,
      pageCap: options.pageCap ?? 25_000,
    }
  }

  const secretCall = (request: ServedRequest, holder: ServiceAccount): object | null => {
    const found = SECRETS.exec(decodeURIComponent(request.path))?.groups
    if (!found) return null
    const {
      project: id = '',
      location = '',
      secretId,
      versions,
      version = versions === undefined ? undefined : '',
      verb,
    } = found
    const call: Call = { request, secretId, version, verb }
    const route = routeOf(call)
    if (!route) return null
    const collection = collectionOf(holder, id, location, `secretmanager.${route.permission}`)
    take(route.operation, `${location}/${secretId}/${version}`, id)
    return route.answer(collection, call)
  }

  const answer = async (request: ServedRequest): Promise<ServedAnswer> => {
    const path = decodeURIComponent(request.path)
    if (path === '/token') return identities.exchange(request, `http://${request.headers.host}`)
    const holder = await identities.holderOf(request.headers.authorization)
    const [, email] = /^\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/.exec(path) ?? []
    if (email !== undefined && request.method === 'POST') return identities.impersonate(email, request, holder)
    const body = secretCall(request, holder) ?? pickerCall(path, holder, projects)
    // The front end answers what is no call with a page.
    if (body === null) return { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404. Not found</h1>' }
    return { status: 200, body }
  }

  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle: (request) =>
      answer(request).catch((error: unknown) => {
        if (error instanceof Refused) return error.answer()
        throw error
      }),
  })

  const collection = (location = ''): Secrets => {
    const secrets = demo.collections.get(location)
    if (!secrets) throw new Error(`The emulator has no location ${location}`)
    return secrets
  }
  const plant: GcpEmulator['plant'] = ({ id, values = ['planted'], location = '', ...settings }) => {
    const secrets = collection(location)
    const replication = location === '' ? { replication: { automatic: {} } } : {}
    const secret = secrets.find(id) ?? secrets.create(id, { ...replication, ...settings })
    for (const value of values) secrets.addVersion(secret, Buffer.from(value), { hasChecksum: false })
    return secret
  }

  return {
    ...server,
    credentials: { serviceAccountKey: identities.accounts.manager.key, endpointUrl: server.url },
    target: { scope: 'global', projectId: demo.id },
    missingTarget: { scope: 'global', projectId: 'nobodys' },
    accounts: identities.accounts,
    secrets: (location) => collection(location).all(),
    plant,
    holdLists: () => collection().holdLists(),
    expireTokens: identities.expireTokens,
    contents: () =>
      new Map(
        collection()
          .all()
          .flatMap(({ id, versions }) => {
            const newest = versions.findLast(({ state }) => state === 'ENABLED')
            return newest ? [[id, newest.data.toString()] as const] : []
          }),
      ),
    put: (key, value) => void plant({ id: key, values: [value] }),
    remove: (key) => collection().delete(key),
    clear() {
      for (const secrets of demo.collections.values()) secrets.clear()
      server.resetInFlight()
    },
    setRateLimit(limit) {
      take = quotas(limit)
    },
    // A delete, and the list of an empty project.
    answersEmpty: (method, path) => method === 'DELETE' || (method === 'GET' && /\/secrets(\?|$)/.test(path)),
    isWrite: (method, path) => method !== 'GET' && path !== '/token' && !path.endsWith(':generateAccessToken'),
  }
}

const SECRETS =
  /^\/v1\/projects\/(?<project>[^/]+)(?:\/locations\/(?<location>[^/]+))?\/secrets(?:\/(?<secretId>[^/:]+)(?:(?<versions>\/versions)(?:\/(?<version>[^/:]+))?)?)?(?::(?<verb>\w+))?$/

function project(id: string, number: string, isApiOn: boolean): Project {
  return { id, number, isApiOn, collections: new Map(['', ...LOCATIONS].map((one) => [one, createSecrets()])) }
}

/** What fills pickers: projects, whether the API is on in one, and its locations. Null: no such call. */
function pickerCall(path: string, holder: ServiceAccount, projects: readonly Project[]): object | null {
  const may = (permission: string): boolean => holder.permissions.includes(permission)
  if (path === '/v1/projects') {
    if (!may('resourcemanager.projects.get')) return {}
    const rows = projects.map(({ id, number }) => ({
      projectNumber: number,
      projectId: id,
      name: id.replace('-', ' '),
      lifecycleState: 'ACTIVE',
      createTime: '2026-01-05T09:00:00.000Z',
    }))
    return { projects: rows }
  }
  const [, id, rest] =
    /^\/v1\/projects\/([^/]+)\/(services\/secretmanager\.googleapis\.com|locations)$/.exec(path) ?? []
  const found = projects.find((one) => one.id === id)
  if (id === undefined || rest === undefined) return null
  const permission = rest === 'locations' ? 'secretmanager.locations.list' : 'serviceusage.services.get'
  if (!found || !may(permission)) throw permissionDenied(permission, `projects/${id}`)
  if (rest !== 'locations') {
    const name = `projects/${found.number}/${rest}`
    return { name, parent: `projects/${found.number}`, state: found.isApiOn ? 'ENABLED' : 'DISABLED' }
  }
  if (!found.isApiOn) throw serviceDisabled('secretmanager.googleapis.com', found.number)
  const locations = LOCATIONS.map((locationId) => ({ name: `projects/${id}/locations/${locationId}`, locationId }))
  return { locations }
}
