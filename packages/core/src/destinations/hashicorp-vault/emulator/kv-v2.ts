/** KV version 2: documents with versions, check-and-set and merge patch (OpenBao's source of 2026-08-21). */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { membersOf } from '../../shared/http/exact-json.ts'
import { absent, deleted, noContent, noHandler, ok, refuse, unsupported } from './answers.ts'
import { parseBody } from './bodies.ts'
import {
  append,
  type Document,
  live,
  MAX_VERSIONS,
  type Members,
  namesBelow,
  newDocument,
  tooLarge,
} from './documents.ts'
import type { Mount } from './mounts.ts'

/** One request below the mount; `rest` is the path after it, decoded. */
export function serveV2(mount: Mount, rest: string, request: ServedRequest, canPatch: boolean): ServedAnswer {
  const [, area = '', path = ''] = /^([^/]*)\/?(.*)$/s.exec(rest) ?? []
  if (area === 'metadata') return metadata(mount, path, request)
  if (path === '') return noHandler(mount.path + rest)
  if (area === 'data') return data(mount, path, request, canPatch)
  if (area === 'subkeys' && request.method === 'GET') return subkeys(mount.documents.get(path))
  if (area === 'destroy' && isWrite(request)) return destroy(mount.documents.get(path), request)
  return absent(
    "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the Vault CLI, use 'vault kv get' for this operation.",
  )
}

const isWrite = ({ method }: ServedRequest): boolean => method === 'POST' || method === 'PUT'

function data(mount: Mount, path: string, request: ServedRequest, canPatch: boolean): ServedAnswer {
  const document = mount.documents.get(path)
  if (request.method === 'GET') return read(document)
  if (request.method === 'DELETE') {
    const version = document?.versions.get(document.current)
    if (version && version.deletedAt === '') version.deletedAt = new Date().toISOString()
    return noContent()
  }
  if (request.method === 'PATCH') return canPatch ? patch(mount, document, request) : unsupported()
  return isWrite(request) ? write(mount, path, request) : unsupported()
}

function read(document: Document | undefined): ServedAnswer {
  const version = document?.versions.get(document.current)
  if (!document || !version) return absent()
  const members = live(document)
  if (members === null) return deleted(versionMetadata(document))
  return ok({ data: Object.fromEntries(members), metadata: versionMetadata(document) })
}

/** Replaces the whole document, whatever it holds. */
function write(mount: Mount, path: string, request: ServedRequest): ServedAnswer {
  const body = parseBody(request.text)
  if (body === null) return refuse(400, 'failed to parse JSON input: invalid character')
  const members = membersOf(body.get('data'))
  if (!members) return refuse(400, 'no data provided')
  const document = mount.documents.get(path) ?? newDocument()
  const refusal = refuseByCas(mount, document, body) ?? refuseBySize(members)
  if (refusal) return refusal
  append(document, members)
  mount.documents.set(path, document)
  return ok(versionMetadata(document))
}

/** JSON merge patch (RFC 7396) of the live version. */
function patch(mount: Mount, document: Document | undefined, request: ServedRequest): ServedAnswer {
  const type = request.headers['content-type'] ?? ''
  if (type !== 'application/merge-patch+json') {
    return refuse(415, `PATCH requires Content-Type of application/merge-patch+json, provided ${type}`)
  }
  const body = parseBody(request.text)
  if (body === null) return refuse(400, 'failed to parse JSON input: invalid character')
  const changes = membersOf(body.get('data'))
  if (!changes) return refuse(400, 'no data provided')
  const before = live(document)
  if (!document || before === null) return document?.current ? deleted(versionMetadata(document)) : absent()
  const members = merged(before, changes)
  const refusal = refuseByCas(mount, document, body) ?? refuseBySize(members)
  if (refusal) return refusal
  append(document, members)
  return ok(versionMetadata(document))
}

function merged(before: Members, changes: Members): Members {
  const after = new Map(before)
  for (const [name, value] of changes) {
    const inner = membersOf(value)
    if (value === null) after.delete(name)
    else after.set(name, inner ? Object.fromEntries(merged(membersOf(after.get(name)) ?? new Map(), inner)) : value)
  }
  return after
}

function refuseByCas({ casRequired }: Mount, document: Document, body: Members): ServedAnswer | null {
  const cas = membersOf(body.get('options'))?.get('cas')
  if (cas === undefined) return casRequired ? refuse(400, 'check-and-set parameter required for this call') : null
  if (Number(JSON.stringify(cas)) === document.current) return null
  return refuse(400, 'check-and-set parameter did not match the current version')
}

function refuseBySize(members: Members): ServedAnswer | null {
  const words = tooLarge(members)
  return words === null ? null : refuse(500, words)
}

function subkeys(document: Document | undefined): ServedAnswer {
  const members = live(document)
  if (!document || members === null) return document?.current ? deleted(versionMetadata(document)) : absent()
  const names = Object.fromEntries([...members.keys()].map((name) => [name, null]))
  return ok({ subkeys: names, metadata: versionMetadata(document) })
}

/** The data of the versions is gone, their metadata stays. */
function destroy(document: Document | undefined, request: ServedRequest): ServedAnswer {
  const versions = parseBody(request.text)?.get('versions')
  if (!Array.isArray(versions)) return refuse(400, 'no version number provided')
  for (const number of versions) {
    const version = document?.versions.get(Number(JSON.stringify(number)))
    if (version) version.members = null
  }
  return noContent()
}

function metadata(mount: Mount, path: string, request: ServedRequest): ServedAnswer {
  if (request.method === 'GET' && request.query.get('list') !== null) {
    const keys = namesBelow(mount.documents, path === '' || path.endsWith('/') ? path : `${path}/`)
    return keys.length === 0 ? absent() : ok({ keys })
  }
  const document = mount.documents.get(path)
  if (request.method === 'DELETE') {
    mount.documents.delete(path)
    return noContent()
  }
  if (isWrite(request)) return mark(mount, path, request)
  if (request.method !== 'GET') return unsupported()
  return document ? ok(described(mount, document)) : absent()
}

function mark(mount: Mount, path: string, request: ServedRequest): ServedAnswer {
  const custom = [...(membersOf(parseBody(request.text)?.get('custom_metadata')) ?? [])]
  const fits = (text: unknown, bytes: number): text is string =>
    typeof text === 'string' && Buffer.byteLength(text) <= bytes
  if (custom.length > 64 || custom.some(([name, value]) => !fits(name, 128) || !fits(value, 512))) {
    return refuse(400, 'custom_metadata validation failed')
  }
  const document = mount.documents.get(path) ?? newDocument()
  document.custom = Object.fromEntries(custom.map(([name, value]) => [name, String(value)]))
  mount.documents.set(path, document)
  return noContent()
}

function versionMetadata(document: Document): Record<string, unknown> {
  const version = document.versions.get(document.current)
  return {
    created_time: version?.createdAt ?? '',
    custom_metadata: document.custom,
    deletion_time: version?.deletedAt ?? '',
    destroyed: version?.members === null,
    version: document.current,
  }
}

const described = (mount: Mount, document: Document): Record<string, unknown> => ({
  cas_required: mount.casRequired,
  created_time: [...document.versions.values()].at(0)?.createdAt ?? '',
  current_version: document.current,
  custom_metadata: document.custom,
  delete_version_after: '0s',
  max_versions: 0,
  oldest_version: Math.max(0, document.current - MAX_VERSIONS + 1),
  updated_time: document.versions.get(document.current)?.createdAt ?? '',
  versions: Object.fromEntries(
    [...document.versions].map(([number, version]) => [
      number,
      { created_time: version.createdAt, deletion_time: version.deletedAt, destroyed: version.members === null },
    ]),
  ),
})
