/** The calls on secrets and versions, global and regional (protos of google.cloud.secretmanager.v1, 2026-11-28). */
import type { ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { checksumOf, payloadIn, refuseName, secretIn, type Operation } from './limits.ts'
import { notFound, Refused } from './refused.ts'
import { newEtag, timestamp, type Secret, type Secrets, type State, type Version } from './secrets.ts'
import { nameOfVersion, shownSecret, shownVersion } from './shown.ts'

/** Where secrets are: a project's global collection or one of its regions. */
export interface Collection {
  secrets: Secrets
  /** As answers name it: `projects/{number}`, and `/locations/{location}` for a region. */
  prefix: string
  isRegional: boolean
  /** The organization's policy allows secrets in named locations only. */
  forbidsAutomatic: boolean
  /** The most rows that a page has, whatever was requested. */
  pageCap: number
}

export interface Call {
  request: ServedRequest
  secretId: string | undefined
  /** A number, `latest`, or `versions` itself as an empty text. */
  version: string | undefined
  /** What follows the colon, such as `addVersion`. */
  verb: string | undefined
}

/** The permission that a call needs without its `secretmanager.`, the quota it counts in, and what it does. */
interface Route {
  permission: string
  operation: Operation
  answer(collection: Collection, call: Call): object
}

/** Rows of a page where the request names no size. */
const USUAL_PAGE = 100

/** Null: no such call. */
export function routeOf({ request: { method }, secretId, version, verb }: Call): Route | null {
  const level =
    secretId === undefined ? 'collection' : version === undefined ? 'secret' : version === '' ? 'versions' : 'version'
  return ROUTES[`${method} ${level}${verb === undefined ? '' : `:${verb}`}`] ?? null
}

const ROUTES: Readonly<Record<string, Route>> = {
  'GET collection': { permission: 'secrets.list', operation: 'read', answer: listSecrets },
  'POST collection': { permission: 'secrets.create', operation: 'write', answer: createSecret },
  'GET secret': {
    permission: 'secrets.get',
    operation: 'read',
    answer: (collection, call) => shownSecret(secretOf(collection, call), collection.prefix),
  },
  'PATCH secret': { permission: 'secrets.update', operation: 'addVersion', answer: updateSecret },
  'DELETE secret': { permission: 'secrets.delete', operation: 'write', answer: deleteSecret },
  'POST secret:addVersion': { permission: 'versions.add', operation: 'addVersion', answer: addVersion },
  'GET versions': { permission: 'versions.list', operation: 'read', answer: listVersions },
  'GET version': {
    permission: 'versions.get',
    operation: 'read',
    answer(collection, call) {
      const secret = secretOf(collection, call)
      return shownVersion(secret, versionOf(collection, call, secret), collection.prefix)
    },
  },
  'GET version:access': { permission: 'versions.access', operation: 'access', answer: accessVersion },
  'POST version:destroy': changesTo('DESTROYED', 'destroy'),
  'POST version:disable': changesTo('DISABLED', 'disable'),
  'POST version:enable': changesTo('ENABLED', 'enable'),
}

function listSecrets(collection: Collection, { request: { query } }: Call): object {
  if (query.get('filter')) throw new Refused('INVALID_ARGUMENT', 'The emulator has no filters for secrets')
  const { rows, nextPageToken, total } = page(collection, query, collection.secrets.listed())
  // An empty project answers an empty object.
  if (total === 0) return {}
  const secrets = rows.map((secret) => shownSecret(secret, collection.prefix))
  return { secrets, ...(nextPageToken && { nextPageToken }), totalSize: total }
}

function createSecret(collection: Collection, { request }: Call): object {
  const id = request.query.get('secretId') ?? ''
  refuseName(id)
  const { settings } = secretIn(bodyOf(request))
  if (collection.isRegional && settings.replication)
    throw new Refused('INVALID_ARGUMENT', 'Secret.replication should not be provided.')
  if (!collection.isRegional && !settings.replication)
    throw new Refused('INVALID_ARGUMENT', 'Secret.replication must be provided.')
  if (collection.forbidsAutomatic && settings.replication && 'automatic' in settings.replication) {
    throw new Refused(
      'FAILED_PRECONDITION',
      `Constraint constraints/gcp.resourceLocations violated for [orgpolicy:${collection.prefix}] attempting to create a secret in [global].`,
    )
  }
  if (collection.secrets.find(id))
    throw new Refused('ALREADY_EXISTS', `Secret [${collection.prefix}/secrets/${id}] already exists.`)
  return shownSecret(collection.secrets.create(id, settings), collection.prefix)
}

function updateSecret(collection: Collection, call: Call): object {
  const secret = secretOf(collection, call)
  const { settings, etag } = secretIn(bodyOf(call.request))
  const mask = (call.request.query.get('updateMask') ?? '').split(',').filter(Boolean)
  const isMasked = mask.length > 0 && mask.every((field) => field === 'labels' || field === 'annotations')
  if (!isMasked) throw new Refused('INVALID_ARGUMENT', 'The update mask must name labels or annotations.')
  refuseEtag(etag, secret.etag)
  if (mask.includes('labels')) secret.settings.labels = settings.labels
  if (mask.includes('annotations')) secret.settings.annotations = settings.annotations
  secret.etag = newEtag()
  return shownSecret(secret, collection.prefix)
}

function deleteSecret(collection: Collection, call: Call): object {
  const secret = secretOf(collection, call)
  refuseEtag(call.request.query.get('etag'), secret.etag)
  collection.secrets.delete(secret.id)
  return {}
}

function addVersion(collection: Collection, call: Call): object {
  const secret = secretOf(collection, call)
  const { data, hasChecksum } = payloadIn(bodyOf(call.request))
  return shownVersion(secret, collection.secrets.addVersion(secret, data, { hasChecksum }), collection.prefix)
}

function listVersions(collection: Collection, call: Call): object {
  const { query } = call.request
  const secret = secretOf(collection, call)
  const filter = query.get('filter') ?? ''
  const [, state] = /^state[:=](ENABLED|DISABLED|DESTROYED)$/.exec(filter) ?? []
  if (filter !== '' && state === undefined) throw new Refused('INVALID_ARGUMENT', `Invalid filter: ${filter}`)
  const found = secret.versions.filter((one) => state === undefined || one.state === state).toReversed()
  const { rows, nextPageToken, total } = page(collection, query, found)
  const versions = rows.map((version) => shownVersion(secret, version, collection.prefix))
  return { versions, ...(nextPageToken && { nextPageToken }), totalSize: state === undefined ? total : 0 }
}

function accessVersion(collection: Collection, call: Call): object {
  const secret = secretOf(collection, call)
  const version = versionOf(collection, call, secret)
  const name = nameOfVersion(secret, version, collection.prefix)
  if (version.state !== 'ENABLED')
    throw new Refused('FAILED_PRECONDITION', `Secret Version [${name}] is in ${version.state} state.`)
  return { name, payload: { data: version.data.toString('base64'), dataCrc32c: checksumOf(version.data) } }
}

function changesTo(state: State, verb: string): Route {
  return {
    permission: `versions.${verb}`,
    operation: 'changeVersion',
    answer(collection, call) {
      const secret = secretOf(collection, call)
      const version = versionOf(collection, call, secret)
      const { etag } = etagIn(bodyOf(call.request))
      refuseEtag(etag, version.etag)
      if (version.state === 'DESTROYED') {
        const name = nameOfVersion(secret, version, collection.prefix)
        throw new Refused('FAILED_PRECONDITION', `Secret Version [${name}] is already in DESTROYED state.`)
      }
      const { versionDestroyTtl } = secret.settings
      const isDelayed = state === 'DESTROYED' && versionDestroyTtl !== undefined
      if (isDelayed) {
        const at = Date.now() + Number.parseInt(versionDestroyTtl, 10) * 1000
        version.scheduledDestroyTime = timestamp(new Date(at))
      }
      collection.secrets.changeState(version, isDelayed ? 'DISABLED' : state)
      return shownVersion(secret, version, collection.prefix)
    },
  }
}

function secretOf({ secrets, prefix }: Collection, { secretId = '' }: Call): Secret {
  refuseName(secretId)
  const secret = secrets.find(secretId)
  if (!secret) throw notFound(`${prefix}/secrets/${secretId}`)
  return secret
}

/** `latest` is the newest, whatever its state. */
function versionOf({ prefix }: Collection, { version = '' }: Call, secret: Secret): Version {
  const found =
    version === 'latest' ? secret.versions.at(-1) : secret.versions.find(({ number }) => String(number) === version)
  if (!found)
    throw new Refused('NOT_FOUND', `Secret Version [${prefix}/secrets/${secret.id}/versions/${version}] not found.`)
  return found
}

function page<Row>({ pageCap }: Collection, query: URLSearchParams, rows: readonly Row[]) {
  const requested = Number(query.get('pageSize') ?? 0)
  if (!Number.isInteger(requested) || requested < 0) throw new Refused('INVALID_ARGUMENT', 'Invalid page size.')
  const size = Math.min(requested || USUAL_PAGE, pageCap)
  const from = Number(Buffer.from(query.get('pageToken') ?? '', 'base64url').toString())
  if (!Number.isInteger(from)) throw new Refused('INVALID_ARGUMENT', 'Invalid page token.')
  const end = from + size
  const nextPageToken = end < rows.length ? Buffer.from(String(end)).toString('base64url') : ''
  return { rows: rows.slice(from, end), nextPageToken, total: rows.length }
}

function refuseEtag(given: string | null | undefined, own: string): void {
  if (given && given !== own) {
    throw new Refused('FAILED_PRECONDITION', 'The etag provided does not match the current etag of the resource.')
  }
}

function etagIn(body: unknown): { etag?: string } {
  const isObject = typeof body === 'object' && body !== null
  if (isObject && Object.keys(body).every((name) => name === 'etag' || name === 'name')) {
    return 'etag' in body && typeof body.etag === 'string' ? { etag: body.etag } : {}
  }
  throw new Refused('INVALID_ARGUMENT', 'Invalid JSON payload received. Unknown name: Cannot find field.')
}

function bodyOf({ text }: ServedRequest): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    throw new Refused('INVALID_ARGUMENT', 'Invalid JSON payload received. Expected a value.')
  }
}
