/** Secrets: listed without values, written as sealed boxes. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { created, invalid, noContent, notFound, objectIn, ok, page, refuse } from './answers.ts'
import type { Place } from './places.ts'
import { openBox } from './sealed-boxes.ts'
import type { Row } from './store.ts'
import { rowOf, visibilityIn, whyName, whySize } from './rules.ts'

const MOST: Readonly<Record<Place['scope'], number>> = { repository: 100, environment: 100, organization: 1_000 }
/** Of GitHub's OpenAPI document. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/

/** One request on a place's secrets, below which `place.rest` has at most a name. */
export function serveSecrets(place: Place, request: ServedRequest): ServedAnswer {
  const [name] = place.rest
  if (name === undefined) {
    if (request.method !== 'GET') return notFound()
    const all = place.store.seen()
    const { rows, headers } = page(request, all, { usual: 30, most: 100 })
    return ok({ total_count: all.length, secrets: rows.map((row) => rowOf(place, request, row)) }, headers)
  }
  if (name === 'public-key' && request.method === 'GET') {
    return ok({ key_id: place.sealing.key.id, key: place.sealing.key.publicKey })
  }
  const stored = name.toUpperCase()
  if (request.method === 'GET') {
    const row = place.store.seen().find((one) => one.name === stored)
    return row ? ok(rowOf(place, request, row)) : notFound()
  }
  if (request.method === 'DELETE') return place.store.delete(stored) ? noContent() : notFound()
  return request.method === 'PUT' ? put(place, request, stored) : notFound()
}

function put(place: Place, request: ServedRequest, name: string): ServedAnswer {
  const body = objectIn(request)
  if (!body) return refuse(400, 'Problems parsing JSON')
  const badName = whyName(name, 'Secret')
  if (badName !== null) return refuse(422, badName)
  const before = place.store.get(name)
  const opened = valueIn(place, body, before)
  if (typeof opened !== 'string') return opened
  const tooLarge = whySize(opened)
  if (tooLarge !== null) return refuse(422, tooLarge)
  const visibility = visibilityIn(place, body, 'required')
  if ('status' in visibility) return visibility
  if (!before && place.store.rows().length >= MOST[place.scope]) {
    return refuse(422, `The limit of ${MOST[place.scope]} secrets has been reached`)
  }
  place.store.set({ name, value: opened, ...visibility })
  return before ? noContent() : created()
}

/** The value that the body carries, or the one that is kept where an organization's secret is changed without one. */
function valueIn(place: Place, body: Record<string, unknown>, before: Row | undefined): string | ServedAnswer {
  const { encrypted_value: sealed, key_id: keyId } = body
  if (sealed === undefined && keyId === undefined && place.scope === 'organization' && before) return before.value
  if (typeof sealed !== 'string') return invalid(`"encrypted_value" wasn't supplied.`)
  if (!BASE64.test(sealed)) return invalid(`${sealed} does not match ${BASE64}.`)
  if (typeof keyId !== 'string') return invalid(`"key_id" wasn't supplied.`)
  // The words of this refusal are not documented.
  if (keyId !== place.sealing.key.id) return refuse(422, 'The key_id is not that of the current public key')
  return openBox(sealed, place.sealing.key) ?? refuse(422, 'Improperly encrypted secret')
}
