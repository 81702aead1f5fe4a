/** The calls on secrets (api-version 7.0 to 2026-04-01, 2026-11-28). */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { badParameter, beingDeleted, beingRecovered, inBin, noContent, notFound, ok, refuse } from './answers.ts'
import { isName, PAGE, propertiesIn, versionIn } from './limits.ts'
import { currentVersion, type Secret, type Secrets, type Version } from './secrets.ts'
import { shownBundle, shownDeleted, shownInList, shownVersion, type Recovery } from './shown.ts'
import type { Right } from './tenant.ts'

export interface Vault {
  secrets: Secrets
  recovery: Recovery
  /** Pages end early, and the first is empty. */
  sparsePages: boolean
  refusesEmpty: boolean
}

export interface Call {
  /** `secrets` or `deletedsecrets`. */
  collection: string
  name: string | undefined
  /** A version's id, `versions` or `recover`. */
  part: string | undefined
  request: ServedRequest
  origin: string
}

/** The call that a request is, or null for none of Key Vault's. */
export function callOf(request: ServedRequest, origin: string): Call | null {
  const [, collection, name, part, ...rest] = request.path.split('/').map(decodeURIComponent)
  if ((collection !== 'secrets' && collection !== 'deletedsecrets') || rest.length > 0) return null
  return { collection, name: name || undefined, part: part || undefined, request, origin }
}

export function rightFor({ collection, name, part, request: { method } }: Call): Right {
  if (method === 'PUT' || method === 'PATCH') return 'set'
  if (method === 'DELETE') return collection === 'secrets' ? 'delete' : 'purge'
  if (method === 'POST') return 'recover'
  return name === undefined || part === 'versions' ? 'list' : 'get'
}

export function answer(vault: Vault, call: Call): ServedAnswer {
  const { collection, name, request } = call
  if (!/^(7\.[0-6]|2025-07-01|2026-04-01)$/.test(request.query.get('api-version') ?? ''))
    return badParameter('The specified version is not recognized. Consider using the latest supported version (7.6).')
  if (name !== undefined && !isName(name)) return badParameter(`The request URI contains an invalid name: ${name}`)
  if (name === undefined) return request.method === 'GET' ? list(vault, call) : unknown()
  const secret = vault.secrets.meet(name)
  return collection === 'secrets' ? active(vault, call, name, secret) : deleted(vault, call, name, secret)
}

function active(vault: Vault, call: Call, name: string, secret: Secret | undefined): ServedAnswer {
  const { part, request, origin } = call
  if (request.method === 'PUT') return part === undefined ? set(vault, call, name, secret) : unknown()
  if (!secret || secret.isDeleted || secret.transition) return notFound(name)
  if (part === 'versions') return request.method === 'GET' ? versions(vault, call, secret) : unknown()
  const version = part === undefined ? currentVersion(secret) : secret.versions.find(({ id }) => id === part)
  if (!version) return notFound(`${name}/${part}`)
  switch (request.method) {
    case 'GET':
      if (version.isEnabled) return ok(shownBundle(secret, version, origin, vault.recovery))
      return refuse(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', { inner: 'SecretDisabled' })
    case 'PATCH':
      return change(vault, call, secret, version)
    case 'DELETE': {
      if (part !== undefined) return unknown()
      if (secret.isManaged) return certificates('delete')
      vault.secrets.delete(secret)
      const body = shownDeleted(secret, origin, vault.recovery)
      if (vault.recovery.recoverableDays === 0) vault.secrets.purge(secret)
      return ok(body)
    }
    default:
      return unknown()
  }
}

function set(vault: Vault, { request, origin }: Call, name: string, secret: Secret | undefined): ServedAnswer {
  const refusal = secret && taken(secret)
  if (refusal) return refusal
  if (secret?.isManaged) return certificates('set')
  const version = versionIn(parse(request.text))
  if (!version || (vault.refusesEmpty && version.value === ''))
    return badParameter('Property value, attributes, tags or contentType has invalid value')
  const kept = vault.secrets.set(name, version)
  return ok(shownBundle(kept, currentVersion(kept), origin, vault.recovery))
}

/** Why the name can't be written now. */
function taken({ name, isDeleted, transition }: Secret): ServedAnswer | null {
  if (transition) return transition.kind === 'recovering' ? beingRecovered(name) : beingDeleted(name)
  return isDeleted ? inBin(name) : null
}

function change(vault: Vault, { request, origin }: Call, secret: Secret, version: Version): ServedAnswer {
  const properties = propertiesIn(parse(request.text))
  if (!properties) return badParameter('Property attributes, tags or contentType has invalid value')
  Object.assign(version, properties, { updated: Math.floor(Date.now() / 1000) })
  return ok(shownVersion(secret, version, origin, vault.recovery))
}

function deleted(vault: Vault, call: Call, name: string, secret: Secret | undefined): ServedAnswer {
  const { part, request, origin } = call
  const { method } = request
  if (method === 'POST' && part !== 'recover') return unknown()
  if (secret?.transition?.kind === 'recovering' && method === 'POST') return beingRecovered(name)
  if (!secret?.isDeleted || secret.transition) return notFound(name)
  if (method === 'GET') return ok(shownDeleted(secret, origin, vault.recovery))
  if (method === 'POST') {
    vault.secrets.recover(secret)
    return ok(shownVersion(secret, currentVersion(secret), origin, vault.recovery))
  }
  if (method !== 'DELETE') return unknown()
  vault.secrets.purge(secret)
  return noContent()
}

function list(vault: Vault, call: Call): ServedAnswer {
  const { collection, origin } = call
  const isBin = collection === 'deletedsecrets'
  const rows = vault.secrets.all().filter(({ isDeleted, transition }) => isDeleted === isBin && !transition)
  const show = isBin ? shownDeleted : shownInList
  return page(
    vault,
    call,
    rows,
    (secret) => secret.name.toLowerCase(),
    (secret) => show(secret, origin, vault.recovery),
  )
}

/** Not sorted by age. */
function versions(vault: Vault, call: Call, secret: Secret): ServedAnswer {
  const rows = secret.versions.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return page(
    vault,
    call,
    rows,
    ({ id }) => id,
    (version) => shownVersion(secret, version, call.origin, vault.recovery),
  )
}

/** A page, and the address of the next, which goes on after the last row by name. */
function page<Row>(
  { sparsePages }: Vault,
  { request: { path, query }, origin }: Call,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  show: (row: Row) => Record<string, unknown>,
): ServedAnswer {
  const most = Number(query.get('maxresults') ?? PAGE)
  if (!Number.isInteger(most) || most < 1 || most > PAGE)
    return badParameter(`maxresults must be between 1 and ${PAGE}`)
  const token = query.get('$skiptoken')
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString()
  const rest = rows.filter((row) => nameOf(row) > after)
  const size = !sparsePages ? most : token === null ? 0 : Math.min(most, 7)
  const shown = rest.slice(0, size)
  const last = shown.at(-1)
  const next = new URLSearchParams({
    'api-version': query.get('api-version') ?? '',
    $skiptoken: Buffer.from(last === undefined ? '\u0000' : nameOf(last)).toString('base64url'),
    maxresults: String(most),
  })
  const hasMore = rest.length > shown.length
  return ok({ value: shown.map(show), nextLink: hasMore ? `${origin}${path}?${next.toString()}` : null })
}

const certificates = (operation: string): ServedAnswer =>
  refuse(
    403,
    'Forbidden',
    `Operation "${operation}" is not allowed on this secret, since it is associated with a certificate.`,
  )

const unknown = (): ServedAnswer => badParameter('Method is not allowed on this resource')

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
