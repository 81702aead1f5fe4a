/** KV version 1: bare objects without versions, check-and-set and patch (OpenBao's source of 2026-08-21). */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { absent, noContent, noHandler, ok, refuse, unsupported } from './answers.ts'
import { parseBody } from './bodies.ts'
import { append, live, type Members, namesBelow, newDocument, tooLarge } from './documents.ts'
import type { Mount } from './mounts.ts'

/** 768 hours, unless the secret has a member `ttl` or `lease`. */
const LEASE_SECONDS = 2_764_800

/** One request below the mount; `path` is the path after it, decoded. */
export function serveV1(mount: Mount, path: string, request: ServedRequest): ServedAnswer {
  if (request.method === 'GET' && request.query.get('list') !== null) {
    const keys = namesBelow(mount.documents, path === '' || path.endsWith('/') ? path : `${path}/`)
    return keys.length === 0 ? absent() : ok({ keys })
  }
  if (path === '') return noHandler(mount.path)
  if (request.method === 'GET') {
    const members = live(mount.documents.get(path))
    return members === null ? absent() : ok(Object.fromEntries(members), { lease_duration: leaseOf(members) })
  }
  if (request.method === 'DELETE') {
    mount.documents.delete(path)
    return noContent()
  }
  return request.method === 'POST' || request.method === 'PUT' ? write(mount, path, request) : unsupported()
}

function write(mount: Mount, path: string, request: ServedRequest): ServedAnswer {
  const members = parseBody(request.text)
  if (members === null) return refuse(400, 'failed to parse JSON input: invalid character')
  if (members.size === 0) return refuse(400, 'missing data fields')
  const words = tooLarge(members)
  if (words !== null) return refuse(500, words)
  const document = newDocument()
  append(document, members)
  mount.documents.set(path, document)
  return noContent()
}

/** A member `ttl` or `lease` sets how long readers may keep the secret, in seconds. */
function leaseOf(members: Members): number {
  const said = String(members.get('ttl') ?? members.get('lease') ?? '')
  const [, count, unit = 's'] = /^(\d+)([smh])?$/.exec(said) ?? []
  return count === undefined ? LEASE_SECONDS : Number(count) * (unit === 'h' ? 3_600 : unit === 'm' ? 60 : 1)
}
