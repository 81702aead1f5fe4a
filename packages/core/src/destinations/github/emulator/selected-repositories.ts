/** The repositories that may use an organization's secret or variable: `<name>/repositories`. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { invalid, noContent, notFound, objectIn, ok, page, refuse } from './answers.ts'
import type { Place, World } from './places.ts'
import { repositoryRow } from './rows.ts'
import { areIds } from './rules.ts'

export function serveSelectedRepositories(world: World, place: Place, request: ServedRequest): ServedAnswer {
  const [name = '', , id] = place.rest
  const row = place.scope === 'organization' ? place.store.get(name.toUpperCase()) : undefined
  if (!row) return notFound()
  if (id !== undefined) {
    if (row.visibility !== 'selected') return refuse(409, 'Conflict')
    const others = row.selected.filter((one) => String(one) !== id)
    if (request.method !== 'PUT' && request.method !== 'DELETE') return notFound()
    place.store.set({ ...row, selected: request.method === 'PUT' ? [...others, Number(id)] : others })
    return noContent()
  }
  if (row.visibility !== 'selected') return refuse(409, 'Conflict')
  if (request.method === 'PUT') {
    const ids = objectIn(request)?.selected_repository_ids
    if (!areIds(ids)) return invalid(`"selected_repository_ids" wasn't supplied.`)
    place.store.set({ ...row, selected: ids })
    return noContent()
  }
  const selected = world.repositories.filter((one) => row.selected.includes(one.id))
  const { rows, headers } = page(request, selected, { usual: 30, most: 100 })
  return ok({ total_count: selected.length, repositories: rows.map(repositoryRow) }, headers)
}
