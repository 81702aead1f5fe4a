/** Variables of one project or group, each named by key and environment scope. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { badParameter, created, noContent, notFound, ok, page, parametersOf, refuse } from './answers.ts'
import { violations } from './rules.ts'

export interface Variable {
  key: string
  value: string
  type: 'env_var' | 'file'
  protected: boolean
  masked: boolean
  hidden: boolean
  raw: boolean
  environmentScope: string
  description: string | null
}

export interface Resource {
  kind: 'project' | 'group'
  id: number
  /** `group/name` */
  path: string
  variables: Variable[]
  /** Names of environments; projects only. */
  environments: readonly string[]
}

/** How this server differs from the newest with a paid plan. */
export interface Edition {
  /** Without `hidden`, which came with 17.4, and the filter for groups, which came with 16.9. */
  isOld: boolean
  /** Group variables have no scope: everything is `*`. */
  isFree: boolean
  /** The most variables of a project or group. */
  most: number
}

export const newVariable = (key: string, value: string, more: Partial<Variable> = {}): Variable => ({
  key,
  value,
  type: 'env_var',
  environmentScope: '*',
  description: null,
  protected: false,
  masked: false,
  hidden: false,
  raw: false,
  ...more,
})

/** One request on the collection, or on `key` in it. */
export function serveVariables(
  resource: Resource,
  edition: Edition,
  request: ServedRequest,
  key: string | undefined,
): ServedAnswer {
  const sent = parametersOf(request)
  if (sent === null) return badParameter('Invalid json')
  if (key === undefined) {
    if (request.method === 'POST') return create(resource, edition, sent)
    if (request.method !== 'GET') return refuse(405, '405 Method Not Allowed')
    return page(
      request,
      resource.variables.map((one) => rowOf(one, edition)),
    )
  }
  const found = find(resource, key, edition.isOld && resource.kind === 'group' ? {} : sent)
  if ('status' in found) return found
  if (request.method === 'GET') return ok(rowOf(found, edition))
  if (request.method === 'PUT') return change(resource, edition, found, sent)
  if (request.method !== 'DELETE') return refuse(405, '405 Method Not Allowed')
  resource.variables.splice(resource.variables.indexOf(found), 1)
  return noContent()
}

/** Without a filter, a key of one scope is found in whatever scope that is. */
function find({ variables }: Resource, key: string, { filter }: Record<string, unknown>): Variable | ServedAnswer {
  const scope = filter !== null && typeof filter === 'object' ? Reflect.get(filter, 'environment_scope') : undefined
  const [first, ...others] = variables.filter(
    (one) => one.key === key && (scope === undefined || one.environmentScope === scope),
  )
  if (!first) return notFound('Variable')
  if (others.length === 0) return first
  return refuse(409, "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'")
}

function create(resource: Resource, edition: Edition, sent: Record<string, unknown>): ServedAnswer {
  const missing = ['key', 'value'].filter((name) => typeof sent[name] !== 'string').map((name) => `${name} is missing`)
  if (missing.length > 0) return badParameter(missing.join(', '))
  const next = merged(newVariable(String(sent.key).trim(), String(sent.value)), sent, resource, edition)
  if ('status' in next) return next
  if (isTrue(sent.masked_and_hidden) && !edition.isOld) Object.assign(next, { masked: true, hidden: true })
  const refused = whyRefused(resource, next, null)
  if (refused) return refused
  if (resource.variables.length >= edition.most) {
    const words = `This ${resource.kind} has ${resource.variables.length} defined CI/CD variables, which is over the limit`
    return refuse(400, { base: [words] })
  }
  resource.variables.push(next)
  return created(rowOf(next, edition))
}

/** What is not sent stays as it is. */
function change(resource: Resource, edition: Edition, before: Variable, sent: Record<string, unknown>): ServedAnswer {
  const value = sent.value === undefined ? before.value : sent.value
  if (typeof value !== 'string') return badParameter('value is invalid')
  const next = merged({ ...before, value }, sent, resource, edition)
  if ('status' in next) return next
  if (isTrue(sent.masked_and_hidden) && !before.hidden) {
    return refuse(400, { base: ['Only new variables can be set as masked and hidden.'] })
  }
  const refused = whyRefused(resource, next, before)
  if (refused) return refused
  Object.assign(before, next)
  return ok(rowOf(before, edition))
}

function whyRefused(resource: Resource, next: Variable, before: Variable | null): ServedAnswer | null {
  const found = violations(next, before)
  const isTaken = resource.variables.some(
    (one) => one !== before && one.key === next.key && one.environmentScope === next.environmentScope,
  )
  if (isTaken) found.key = [`(${next.key}) has already been taken`]
  return Object.keys(found).length === 0 ? null : refuse(400, found)
}

/** The variable with the fields of a request, or the refusal of one that is mistyped. */
function merged(
  before: Variable,
  sent: Record<string, unknown>,
  { kind }: Resource,
  { isFree }: Edition,
): Variable | ServedAnswer {
  for (const name of ['protected', 'masked', 'raw']) {
    if (sent[name] !== undefined && !isBoolean(sent[name])) return badParameter(`${name} is invalid`)
  }
  const { variable_type: type = before.type, environment_scope: scope, description = before.description } = sent
  if (type !== 'env_var' && type !== 'file') return badParameter('variable_type does not have a valid value')
  if (description !== null && typeof description !== 'string') return badParameter('description is invalid')
  const flag = (name: 'protected' | 'masked' | 'raw'): boolean =>
    sent[name] === undefined ? before[name] : isTrue(sent[name])
  return {
    ...before,
    type,
    description,
    environmentScope: typeof scope === 'string' && !(isFree && kind === 'group') ? scope : before.environmentScope,
    protected: flag('protected'),
    masked: flag('masked'),
    raw: flag('raw'),
  }
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean' || value === 'true' || value === 'false'
const isTrue = (value: unknown): boolean => value === true || value === 'true'

const rowOf = (variable: Variable, { isOld }: Edition): Record<string, unknown> => ({
  variable_type: variable.type,
  key: variable.key,
  value: variable.hidden ? null : variable.value,
  protected: variable.protected,
  masked: variable.masked,
  ...(!isOld && { hidden: variable.hidden }),
  raw: variable.raw,
  environment_scope: variable.environmentScope,
  description: variable.description,
})
