/** What GitHub refuses in names, values and visibility, and the rows that it shows. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { invalid } from './answers.ts'
import type { Place } from './places.ts'
import type { Row, Visibility } from './store.ts'

/** 48 KB; whether 48,000 or 49,152 bytes is not documented, so the smaller. */
const MOST_BYTES = 48_000

/** Why GitHub refuses the name, or null. `what`: `Secret` or `Variable`. */
export function whyName(name: string, what: string): string | null {
  if (!/^[A-Z_][A-Z0-9_]*$/i.test(name) || name.length > 255) {
    return `${what} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).`
  }
  return /^GITHUB_/i.test(name) ? `${what} names must not start with GITHUB_.` : null
}

export const whySize = (value: string): string | null =>
  Buffer.byteLength(value) > MOST_BYTES ? 'The value is too large: the limit is 48 KB' : null

/** Visibility and repositories of a request on an organization's row; nothing elsewhere. */
export function visibilityIn(
  place: Place,
  body: Record<string, unknown>,
  presence: 'required' | 'optional',
): Partial<Pick<Row, 'visibility' | 'selected'>> | ServedAnswer {
  if (place.scope !== 'organization') return {}
  const { visibility, selected_repository_ids: ids } = body
  if (visibility === undefined && presence === 'optional') return {}
  if (!isVisibility(visibility)) return invalid(`"visibility" wasn't supplied.`)
  if (ids === undefined) return { visibility, selected: [] }
  if (visibility !== 'selected') return invalid('"selected_repository_ids" needs the visibility "selected".')
  return areIds(ids) ? { visibility, selected: ids } : invalid('"selected_repository_ids" is not an array of integers.')
}

export const areIds = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((id) => Number.isInteger(id))

const isVisibility = (value: unknown): value is Visibility =>
  value === 'all' || value === 'private' || value === 'selected'

/** A row as GitHub shows it. Values only of variables. */
export function rowOf(place: Place, request: ServedRequest, row: Row): Record<string, unknown> {
  const { name, value, createdAt, updatedAt, visibility } = row
  const own = request.path.endsWith(`/${name}`) ? request.path : `${request.path}/${name}`
  return {
    name,
    ...(place.kind === 'variables' ? { value } : {}),
    created_at: createdAt,
    updated_at: updatedAt,
    ...(place.scope === 'organization' ? { visibility } : {}),
    ...(visibility === 'selected'
      ? { selected_repositories_url: `http://${request.headers.host}${own}/repositories` }
      : {}),
  }
}
