/** Examples in the OpenAPI document: what a field of that name holds, else what its schema allows. */

type Schema = Readonly<Record<string, unknown>>

const ID = '0f7c8a52-6c1e-4d0e-9a53-1f2b3c4d5e6f'

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
])

/** Text for a format of JSON schema. */
const BY_FORMAT = new Map([
  ['uuid', ID],
  ['date-time', '2026-11-29T09:00:00.000Z'],
  ['email', 'ada@example.com'],
  ['uri', 'https://example.com'],
])

/** A value that `schema` allows; `definitions` are what its `$ref`s name. Objects have their required fields only. */
export function exampleOf(schema: unknown, name: string, definitions: ReadonlyMap<string, unknown>): unknown {
  const found = resolved(schema, definitions)
  if ('const' in found) return found.const
  if (Array.isArray(found.enum)) return found.enum[0]
  const byName = BY_NAME.get(name)
  if (byName !== undefined && fits(byName, found)) return byName
  if (found.default !== undefined) return found.default
  const options = [found.anyOf, found.oneOf].find((some) => Array.isArray(some))
  if (Array.isArray(options)) return exampleOf(options[0], name, definitions)
  switch (found.type) {
    case 'string':
      return BY_FORMAT.get(String(found.format)) ?? 'text'.padEnd(Number(found.minLength ?? 0), '-')
    case 'integer':
    case 'number':
      return numberOf(found.minimum) ?? (numberOf(found.exclusiveMinimum) ?? 0) + 1
    case 'boolean':
      return true
    case 'array':
      return Number(found.maxItems ?? 1) === 0 ? [] : [exampleOf(found.items, name.replace(/s$/, ''), definitions)]
    case 'object':
      return exampleOfObject(found, definitions)
    default:
      return null
  }
}

/** Its required fields, else its first: what changes nothing shows nothing. */
export function exampleOfObject(schema: Schema, definitions: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const properties = Object.entries({ ...(schema.properties as object | undefined) })
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const shown = required.size > 0 ? properties.filter(([name]) => required.has(name)) : properties.slice(0, 1)
  return Object.fromEntries(shown.map(([name, field]) => [name, exampleOf(field, name, definitions)]))
}

function resolved(schema: unknown, definitions: ReadonlyMap<string, unknown>): Schema {
  if (schema === null || typeof schema !== 'object') return {}
  const { $ref, ...rest }: Schema = { ...schema }
  if (typeof $ref !== 'string') return rest
  return resolved(definitions.get($ref.split('/').at(-1) ?? ''), definitions)
}

const numberOf = (bound: unknown): number | null => (typeof bound === 'number' && bound > -1e9 ? bound : null)

/** Whether a value by name is of the schema's kind; the document's test checks the rest. */
function fits(value: unknown, { type, format, pattern }: Schema): boolean {
  if (typeof value !== 'string') return type === (Array.isArray(value) ? 'array' : typeof value)
  if (type !== 'string' || (typeof format === 'string' && format !== 'email' && format !== 'uri')) return false
  return typeof pattern !== 'string' || new RegExp(pattern).test(value)
}
