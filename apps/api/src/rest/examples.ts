/** Examples in the OpenAPI document: what a field of that name holds, else what its schema allows. */

type Schema = Readonly<Record<string, unknown>>

const ID = '0f7c8a52-6c1e-4d0e-9a53-1f2b3c4d5e6f'
const TIME = '2026-11-29T09:00:00.000Z'

/** By the name of the field, where the schema says too little to be read as an example. */
const BY_NAME = new Map<string, unknown>([
  ['environment', 'dev'],
  ['secretPath', '/backend'],
  ['path', '/backend'],
  ['secretName', 'DATABASE_URL'],
  ['newSecretName', 'DATABASE_URL'],
  ['secretKey', 'DATABASE_URL'],
  ['key', 'DATABASE_URL'],
  ['secretValue', 'postgres://app@db/shop'],
  ['value', 'postgres://app@db/shop'],
  ['content', 'DATABASE_URL=postgres://app@db/shop'],
  ['projectSlug', 'web-shop'],
  ['slug', 'web-shop'],
  ['projectName', 'Web shop'],
  ['destination', 'trigger-dev'],
  ['app', 'trigger-dev'],
  ['method', 'api-key'],
  ['credentials', { apiKey: 'tr_dev_…' }],
  ['destinationConfig', { project: 'proj_shop', environment: 'prod' }],
  ['email', 'ada@example.com'],
  ['emails', ['ada@example.com']],
  ['usernames', ['ada@example.com']],
  ['password', 'correct horse battery'],
  ['organization', 'Acme'],
  ['folderIdOrName', 'backend'],
  ['reason', 'release 12'],
  ['address', 'https://hooks.example.com/keyferry'],
  ['name', 'Shop'],
  ['at', TIME],
  ['secretValueHidden', false],
  ['isRotatedSecret', false],
])

/** Text for a format of JSON schema. */
const BY_FORMAT = new Map([
  ['uuid', ID],
  ['date-time', TIME],
  ['email', 'ada@example.com'],
  ['uri', 'https://example.com'],
])

/** What the parts of a document are made with. */
interface Known {
  /** What `$ref`s name. */
  definitions: ReadonlyMap<string, unknown>
  /** Those that this part is inside of. */
  within: readonly string[]
}

/** A value that `schema` allows; `definitions` are what its `$ref`s name. Objects have their required fields only. */
export const exampleOf = (schema: unknown, name: string, definitions: ReadonlyMap<string, unknown>): unknown =>
  valueOf(schema, name, { definitions, within: [] })

/** Its required fields, else its first: what changes nothing shows nothing. */
export const exampleOfObject = (schema: Schema, definitions: ReadonlyMap<string, unknown>): Record<string, unknown> =>
  objectOf(schema, { definitions, within: [] })

function valueOf(schema: unknown, name: string, outside: Known): unknown {
  const [found, known] = resolved(schema, outside)
  if ('const' in found) return found.const
  if (Array.isArray(found.examples)) return found.examples[0]
  if (Array.isArray(found.enum)) return found.enum[0]
  const byName = BY_NAME.get(name) ?? (name.endsWith('At') ? TIME : undefined)
  if (byName !== undefined && fits(byName, found)) return byName
  if (found.default !== undefined) return found.default
  const options = [found.anyOf, found.oneOf].find((some) => Array.isArray(some))
  if (Array.isArray(options))
    return valueOf(
      options.find((option) => !isInside(option, known)),
      name,
      known,
    )
  switch (found.type) {
    case 'string':
      return BY_FORMAT.get(String(found.format)) ?? 'text'.padEnd(Number(found.minLength ?? 0), '-')
    case 'integer':
    case 'number':
      return numberOf(found.minimum) ?? (numberOf(found.exclusiveMinimum) ?? 0) + 1
    case 'boolean':
      return true
    case 'array':
      return Number(found.maxItems ?? 1) === 0 || isInside(found.items, known) || isNothing(found.items)
        ? []
        : [valueOf(found.items, name.replace(/s$/, ''), known)]
    case 'object':
      return objectOf(found, known)
    default:
      return null
  }
}

function objectOf(schema: Schema, known: Known): Record<string, unknown> {
  const properties = Object.entries({ ...(schema.properties as object | undefined) })
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const shown = required.size > 0 ? properties.filter(([name]) => required.has(name)) : properties.slice(0, 1)
  return Object.fromEntries(shown.map(([name, field]) => [name, valueOf(field, name, known)]))
}

const refOf = (schema: unknown): string | null => {
  const { $ref }: Schema = { ...(schema as object | undefined) }
  return typeof $ref === 'string' ? ($ref.split('/').at(-1) ?? null) : null
}

/** A tree ends at the first of its nodes. */
const isInside = (schema: unknown, { within }: Known): boolean => within.includes(refOf(schema) ?? '')

/** `z.never()`: of an array that is always empty. */
const isNothing = (schema: unknown): boolean => 'not' in { ...(schema as object | undefined) }

function resolved(schema: unknown, known: Known): [Schema, Known] {
  const name = refOf(schema)
  if (name === null) return [{ ...(schema as object | undefined) }, known]
  return resolved(known.definitions.get(name), { ...known, within: [...known.within, name] })
}

const numberOf = (bound: unknown): number | null => (typeof bound === 'number' && bound > -1e9 ? bound : null)

/** Whether a value by name is of the schema's kind; the document's test checks the rest. */
function fits(value: unknown, { type, format, pattern }: Schema): boolean {
  if (typeof value !== 'string') return type === (Array.isArray(value) ? 'array' : typeof value)
  if (type !== 'string' || (typeof format === 'string' && format !== 'email' && format !== 'uri')) return false
  return typeof pattern !== 'string' || new RegExp(pattern).test(value)
}
