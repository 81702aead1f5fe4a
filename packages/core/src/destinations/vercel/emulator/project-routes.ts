/** Every call about the variables of a project. The version in a path differs from call to call. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { badRequest, noSuchEndpoint, notAuthorized, notFound, ok, parsed, Refused } from './answers.ts'
import type { Holder, Project } from './directory.ts'
import { pageOf, rowOf } from './rows.ts'
import { check, editsOf, entriesOf, type Entry, type Place } from './rules.ts'
import { environmentsOf, type Variable } from './variables.ts'

/** Where Vercel's documents say nothing or contradict each other. */
export interface Behaviour {
  /** A list with `decrypt=true` shows encrypted values; otherwise only a read of the variable does. */
  decryptsLists: boolean
  /** What a refused variable does to the others of its batch: nothing, or all are refused and none is named. */
  refusesBatches: boolean
  /** An upsert keeps the id of the variable that it sets. */
  upsertKeepsId: boolean
  /** An upsert answers with the variables that it set, not only with those that it created. */
  reportsUpdated: boolean
  /** The most variables or ids of one call. */
  largestBatch: number
  /** A name may start with `_`. */
  underscoreFirst: boolean
  /** What a team whose policy demands sensitive variables does with others: stores them as sensitive, or refuses. */
  policyPromotes: boolean
}

const ROUTE = /^\/(v\d+)\/projects\/([^/]+)\/env(?:\/([^/]+))?$/

/** The project's id or name if the path is about its variables, else null. */
export const projectIn = (path: string): string | null => {
  const idOrName = ROUTE.exec(path)?.[2]
  return idOrName === undefined ? null : decodeURIComponent(idOrName)
}

export function projectRoute(
  project: Project,
  request: ServedRequest,
  holder: Holder,
  policy: 'on' | 'off' | 'default',
  behaviour: Behaviour,
): ServedAnswer {
  const [, version = '', , rawId] = ROUTE.exec(request.path) ?? []
  const place: Place = {
    customEnvironmentIds: project.customEnvironments.map(({ id }) => id),
    branches: project.branches,
    sensitivePolicy: policy === 'on' ? 'on' : 'off',
  }
  const { method } = request
  if (method !== 'GET' && !holder.writes) throw notAuthorized()
  const call = `${method} ${version}`
  if (rawId === undefined) {
    if (call === 'GET v10' || call === 'GET v9') return list(project, request, holder, behaviour)
    if (call === 'POST v10' || call === 'POST v9') return create(project, request, place, behaviour, version)
    if (call === 'DELETE v1') return removeBatch(project, request, behaviour)
    throw noSuchEndpoint()
  }
  const id = decodeURIComponent(rawId)
  if (call === 'GET v1') return read(project, id, holder)
  if (call === 'PATCH v9' || call === 'PATCH v10') return edit(project, id, request, place)
  if (call === 'DELETE v9' || call === 'DELETE v10') return remove(project, id, request.query)
  throw noSuchEndpoint()
}

function list(project: Project, { query }: ServedRequest, holder: Holder, behaviour: Behaviour): ServedAnswer {
  const clear = query.get('decrypt') === 'true' && behaviour.decryptsLists
  const environment = query.get('customEnvironmentId') ?? query.get('target')
  const branch = query.get('gitBranch')
  const all = project.variables
    .all()
    .filter((one) => environment === null || environmentsOf(one).includes(environment))
    .filter((one) => branch === null || one.gitBranch === branch)
  const visible = all.filter((one) => isVisible(one, holder))
  if (query.has('limit')) {
    const { rows, pagination } = pageOf(visible, query)
    return ok({ envs: rows.map((one) => rowOf(one, clear)), pagination })
  }
  const hiddenProductionEnvCount = all.length - visible.length
  return ok({ envs: visible.map((one) => rowOf(one, clear)), hiddenProductionEnvCount })
}

const isVisible = (variable: Variable, holder: Holder): boolean =>
  holder.seesProduction || !environmentsOf(variable).includes('production')

function read(project: Project, id: string, holder: Holder): ServedAnswer {
  const variable = project.variables.get(id)
  if (!variable || !isVisible(variable, holder)) throw notFound('Environment variable')
  const { value, securityIssues: _issues, ...row } = rowOf(variable, true)
  return ok(variable.type === 'sensitive' ? row : { ...row, value })
}

function create(
  project: Project,
  request: ServedRequest,
  place: Place,
  behaviour: Behaviour,
  version: string,
): ServedAnswer {
  const { entries, isArray } = entriesOf(parsed(request.text))
  if (entries.length > behaviour.largestBatch)
    throw new Refused(400, 'TOO_MANY_KEYS', `At most ${behaviour.largestBatch} variables can be created at a time.`)
  // Version 9 ignores it (getsentry/sentry issue 118314).
  const upsert = request.query.get('upsert') === 'true' && version === 'v10'
  const before = project.variables.all()
  const created: Variable[] = []
  const failed: Refused[] = []
  for (const entry of entries) {
    try {
      check(entry, place, behaviour)
      const demanded = asPolicyDemands(entry, place, behaviour)
      const { variable, isNew } = project.variables.write(demanded, { upsert, keepsId: behaviour.upsertKeepsId })
      if (isNew || behaviour.reportsUpdated || !isArray) created.push(variable)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      failed.push(error)
    }
  }
  const [first] = failed
  if (first !== undefined && behaviour.refusesBatches && entries.length > 1) {
    project.variables.clear()
    for (const one of before) project.variables.add(one)
    throw new Refused(first.status, first.error.code, 'One of the variables is not valid.')
  }
  const errors = failed.map(({ error }) => ({ error }))
  if (first !== undefined && failed.length === entries.length)
    return { status: first.status, body: { error: first.error, failed: errors } }
  const rows = created.map((one) => rowOf(one, false))
  return { status: 201, body: { created: isArray ? rows : rows[0], failed: errors } }
}

function asPolicyDemands(entry: Entry, place: Place, { policyPromotes }: Behaviour): Entry {
  const isProtected = entry.target.includes('production') || entry.target.includes('preview')
  if (place.sensitivePolicy === 'off' || entry.type === 'sensitive' || !isProtected) return entry
  if (policyPromotes) return { ...entry, type: 'sensitive' }
  const { key } = entry
  throw badRequest("Your team's policy requires sensitive variables for this environment.", { key, envVarKey: key })
}

function edit(project: Project, id: string, request: ServedRequest, place: Place): ServedAnswer {
  const changes = editsOf(parsed(request.text))
  const variable = project.variables.get(id)
  if (!variable) throw notFound('Environment variable')
  const { target, type, ...rest } = { ...variable, ...changes }
  if (type !== 'secret') {
    const targets = entriesOf({ ...rest, type, target: typeof target === 'string' ? [target] : target }).entries
    for (const entry of targets) check(entry, place, { underscoreFirst: true })
  }
  const edited = project.variables.edit(id, changes)
  return ok(edited && rowOf(edited, false))
}

/** With `customEnvironmentId` the variable only leaves that environment. */
function remove(project: Project, id: string, query: URLSearchParams): ServedAnswer {
  const variable = project.variables.get(id)
  if (!variable) throw notFound('Environment variable')
  const customEnvironmentIds = variable.customEnvironmentIds.filter((one) => one !== query.get('customEnvironmentId'))
  const isDetached =
    query.has('customEnvironmentId') && environmentsOf({ ...variable, customEnvironmentIds }).length > 0
  const removed = isDetached ? project.variables.edit(id, { customEnvironmentIds }) : project.variables.delete(id)
  return ok(removed && rowOf(removed, false))
}

function removeBatch(project: Project, request: ServedRequest, { largestBatch }: Behaviour): ServedAnswer {
  const body = parsed(request.text)
  const ids: unknown = typeof body === 'object' && body !== null && 'ids' in body ? body.ids : null
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string'))
    throw new Refused(400, 'bad_request', 'Invalid request: `ids` should be an array of ids')
  if (ids.length > largestBatch)
    throw new Refused(400, 'TOO_MANY_IDS', `At most ${largestBatch} variables can be removed at a time.`)
  const removed = ids.filter((id) => project.variables.delete(id) !== undefined)
  return ok({ deleted: removed.length, ids: removed })
}
