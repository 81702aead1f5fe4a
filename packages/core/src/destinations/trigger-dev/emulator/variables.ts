import { parse } from 'dotenv'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { isKnownInProject, type Place, type Project, visible, write } from './model.ts'
import { refuse } from './place.ts'

const REDACTED = '<redacted>'
const SUCCESS: ServedAnswer = { status: 200, body: { success: true } }
const TEXT_500: ServedAnswer = { status: 500, body: 'Unexpected Server Error' }

export interface Quirks {
  /** A server before 4.5.0-rc.4 does not know `isSecret` of import. */
  ignoresImportSecret: boolean
}

/** `…/envvars/{slug}`: the listing, and an upsert of one variable for every other method. */
export function collection(place: Place, request: ServedRequest): ServedAnswer {
  if (request.method === 'GET') return { status: 200, body: list(place) }
  const body = parseJson(request.text)
  if (!body.ok) return TEXT_500
  const { name, value, isSecret } = fields(body.value)
  const issues = [
    ...(typeof name === 'string' ? [] : [issue('name', name)]),
    ...(typeof value === 'string' ? [] : [issue('value', value)]),
  ]
  if (typeof name !== 'string' || typeof value !== 'string' || !isOptionalBoolean(isSecret)) {
    return { status: 400, body: { error: 'Invalid request body', issues } }
  }
  const refusal = write(place, [[name, value]], { override: true, isSecret })
  return refusal ? { status: 400, body: refusal } : SUCCESS
}

/** `…/envvars/{slug}/{name}` */
export function item(project: Project, place: Place, name: string, request: ServedRequest): ServedAnswer {
  switch (request.method) {
    case 'GET': {
      const found = list(place).find((one) => one.name === name)
      return found ? { status: 200, body: found } : refuse(404, 'Environment variable not found')
    }
    case 'PUT':
    case 'POST':
      return update(project, place, name, request.text)
    case 'DELETE':
      if (!isKnownInProject(project, name)) return refuse(404, 'Environment variable not found')
      return place.variables.delete(name) ? SUCCESS : refuse(400, 'Environment variable value not found')
    default:
      return TEXT_500
  }
}

/** `…/envvars/{slug}/import`, as JSON or as a dotenv file. */
export async function bulkImport(place: Place, request: ServedRequest, quirks: Quirks): Promise<ServedAnswer> {
  // The path is the import route's for every method, so a variable called "import" cannot be read.
  if (request.method === 'GET') return { status: 400, body: { message: 'Unexpected Server Error' } }
  const type = request.headers['content-type'] ?? ''
  if (type.includes('multipart/form-data')) return importFile(place, request.text, type)

  const body = parseJson(request.text)
  if (!body.ok) return TEXT_500
  const { variables, override, isSecret, parentVariables } = fields(body.value)
  const wanted = textPairs(variables)
  const parents = parentVariables === undefined ? [] : textPairs(parentVariables)
  if (wanted === null || parents === null || !isOptionalBoolean(override) || !isOptionalBoolean(isSecret)) {
    return refuse(400, 'Invalid body')
  }
  const how = {
    override: override === true,
    isSecret: quirks.ignoresImportSecret ? undefined : isSecret,
    inherits: true,
  }
  const refusal = write(place, wanted, how)
  if (place.parent === null || parentVariables === undefined) return refusal ? { status: 400, body: refusal } : SUCCESS
  // Both writes are tried and one that worked is enough for a 200.
  const parentRefusal = write(place.parent, parents, how)
  return refusal && parentRefusal ? { status: 400, body: refusal } : SUCCESS
}

/** `GET /api/v1/projects/{ref}/envvars`: everything in clear, with what a run gets besides. */
export function decrypted(place: Place): ServedAnswer {
  const pairs = [...visible(place)].map(([name, { value }]): [string, string] => [
    name === 'OTEL_RESOURCE_ATTRIBUTES' ? `CUSTOM_${name}` : name,
    value,
  ])
  const builtIn: [string, string][] = place.slug === 'dev' ? [] : [['TRIGGER_SECRET_KEY', place.apiKey]]
  return { status: 200, body: { variables: Object.fromEntries([...pairs, ...builtIn]) } }
}

function list(place: Place): { name: string; value: string; isSecret: boolean }[] {
  return [...visible(place)].map(([name, { value, isSecret }]) => ({
    // The vendor's key separator: what follows a colon is lost in the listing.
    name: name.split(':')[0] ?? '',
    value: isSecret ? REDACTED : value,
    isSecret,
  }))
}

function update(project: Project, place: Place, name: string, text: string): ServedAnswer {
  if (!isKnownInProject(project, name)) return refuse(404, 'Environment variable not found')
  const body = parseJson(text)
  if (!body.ok) return refuse(500, 'Internal Server Error')
  const { value } = fields(body.value)
  if (typeof value !== 'string')
    return { status: 400, body: { error: 'Invalid request body', issues: [issue('value', value)] } }
  // A name that only another environment has is created here, and never as a secret.
  if (value.trim() !== '') place.variables.set(name, { value, isSecret: place.variables.get(name)?.isSecret ?? false })
  return SUCCESS
}

async function importFile(place: Place, text: string, type: string): Promise<ServedAnswer> {
  const form = await new Response(text, { headers: { 'content-type': type } }).formData().catch(() => null)
  const file = form?.get('variables')
  if (!(file instanceof File)) return refuse(400, 'Invalid file')
  const pairs = Object.entries(parse(await file.text()))
  const refusal = write(place, pairs, {
    override: form?.get('override') === 'true',
    isSecret: undefined,
    inherits: true,
  })
  return refusal ? { status: 400, body: refusal } : SUCCESS
}

export function parseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}

/** The own fields of a JSON object; none for anything else. */
export const fields = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}

/**
 * The pairs of an object of texts (`__proto__` is a name like any other), or null for anything else, an array included.
 */
function textPairs(value: unknown): [string, string][] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const pairs: [string, string][] = []
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return null
    pairs.push([name, text])
  }
  return pairs
}

const isOptionalBoolean = (value: unknown): value is boolean | undefined =>
  value === undefined || typeof value === 'boolean'

const issue = (name: string, value: unknown): Record<string, unknown> => ({
  code: 'invalid_type',
  expected: 'string',
  received: value === undefined ? 'undefined' : typeof value,
  path: [name],
  message: value === undefined ? 'Required' : `Expected string, received ${typeof value}`,
})
