/** Variables: shown in clear, created and changed by different calls. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { created, invalid, noContent, notFound, objectIn, ok, page, refuse } from './answers.ts'
import type { Place } from './places.ts'
import { rowOf, visibilityIn, whyName, whySize } from './rules.ts'

const MOST: Readonly<Record<Place['scope'], number>> = { repository: 500, environment: 100, organization: 1_000 }

/** `existing`: the status of a POST for a variable that exists, which was 500 for some weeks (cli/cli#8633). */
export function serveVariables(place: Place, request: ServedRequest, existing: 409 | 500): ServedAnswer {
  const [name] = place.rest
  if (name === undefined) {
    if (request.method === 'POST') return create(place, request, existing)
    if (request.method !== 'GET') return notFound()
    const all = place.store.seen()
    const { rows, headers } = page(request, all, { usual: 10, most: 30 })
    return ok({ total_count: all.length, variables: rows.map((row) => rowOf(place, request, row)) }, headers)
  }
  const stored = name.toUpperCase()
  if (request.method === 'GET') {
    const row = place.store.seen().find((one) => one.name === stored)
    return row ? ok(rowOf(place, request, row)) : notFound()
  }
  if (request.method === 'DELETE') return place.store.delete(stored) ? noContent() : notFound()
  return request.method === 'PATCH' ? change(place, request, stored) : notFound()
}

function create(place: Place, request: ServedRequest, existing: 409 | 500): ServedAnswer {
  const body = objectIn(request)
  if (!body) return refuse(400, 'Problems parsing JSON')
  const { name, value } = body
  for (const [field, sent] of Object.entries({ name, value })) {
    if (typeof sent !== 'string') return invalid(`"${field}" wasn't supplied.`)
  }
  const refused = whyRefused(String(name), String(value))
  if (refused) return refused
  const stored = String(name).toUpperCase()
  const visibility = visibilityIn(place, body, 'required')
  if ('status' in visibility) return visibility
  if (place.store.get(stored)) {
    return existing === 409 ? refuse(409, 'Already exists - Variable already exists') : refuse(500, 'Server Error')
  }
  if (place.store.rows().length >= MOST[place.scope]) {
    return refuse(422, `The limit of ${MOST[place.scope]} variables has been reached`)
  }
  place.store.set({ name: stored, value: String(value), ...visibility })
  return created()
}

/** A `name` in the body renames. */
function change(place: Place, request: ServedRequest, stored: string): ServedAnswer {
  const before = place.store.get(stored)
  if (!before) return notFound()
  const body = objectIn(request)
  if (!body) return refuse(400, 'Problems parsing JSON')
  const { name = stored, value = before.value } = body
  if (typeof name !== 'string' || typeof value !== 'string') return invalid('"value" is not a string.')
  const refused = whyRefused(name, value)
  if (refused) return refused
  const visibility = visibilityIn(place, body, 'optional')
  if ('status' in visibility) return visibility
  const renamed = name.toUpperCase()
  if (renamed !== stored) {
    if (place.store.get(renamed)) return refuse(409, 'Already exists - Variable already exists')
    place.store.delete(stored)
  }
  place.store.set({ ...before, name: renamed, value, updatedAt: new Date().toISOString(), ...visibility })
  return noContent()
}

function whyRefused(name: string, value: string): ServedAnswer | null {
  const reason = whyName(name, 'Variable') ?? whySize(value)
  if (reason !== null) return refuse(422, reason)
  // Whether GitHub takes an empty value is not documented.
  return value === '' ? invalid('"value" is empty.') : null
}
