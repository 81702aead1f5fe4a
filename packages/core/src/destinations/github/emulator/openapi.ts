/** GitHub's published OpenAPI document, as a check of what the emulator answers. For tests only. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

interface Document {
  paths: Readonly<Record<string, Readonly<Record<string, { responses: Readonly<Record<string, unknown>> }>>>>
}

type Json = Readonly<Record<string, unknown>>

/** The parts of GitHub's document that this file reads. */
const isDocument = (value: unknown): value is Document & Json =>
  value !== null && typeof value === 'object' && 'paths' in value && 'components' in value

/**
 * Checks answers against the document: `check(method, url, status, body)` throws when the operation, the status or the
 * body is not in it. `url` may be a path with its parameters in braces, as Octokit has it.
 */
export function openApi(): (method: string, url: string, status: number, body: unknown) => void {
  const file = fileURLToPath(import.meta.resolve('@octokit/openapi/generated/api.github.com.json'))
  const document: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isDocument(document)) throw new Error('The OpenAPI document of GitHub has no paths')
  const schemas = new Map<string, z.ZodType | null>()

  const schemaOf = (method: string, template: string, status: number): z.ZodType | null => {
    const operation = document.paths[template]?.[method.toLowerCase()]
    if (!operation) throw new Error(`GitHub has no ${method} ${template}`)
    // Answers that every operation may have are not repeated for each.
    const response =
      operation.responses[status] ?? (status >= 400 ? { $ref: '#/components/responses/not_found' } : null)
    if (response === null) throw new Error(`GitHub does not answer ${method} ${template} with ${status}`)
    const resolved = inlined(document, response)
    const schema = z
      .object({ content: z.object({ 'application/json': z.object({ schema: z.record(z.string(), z.unknown()) }) }) })
      .safeParse(resolved)
    if (!schema.success) return null
    return z.fromJSONSchema(schema.data.content['application/json'].schema, { defaultTarget: 'openapi-3.0' })
  }

  const patterns = Object.keys(document.paths).map((template) => ({
    template,
    // A path that names a segment goes before one with a parameter in its place.
    parameters: template.split('{').length,
    pattern: new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
  }))
  const templateOf = (url: string): string => {
    const path = url.replace(/^https?:\/\/[^/]+/, '').replace(/\?.*$/, '')
    const found = patterns.filter(({ template, pattern }) => template === path || pattern.test(path))
    return found.toSorted((a, b) => a.parameters - b.parameters)[0]?.template ?? path
  }

  return (method, url, status, body) => {
    const template = templateOf(url)
    const name = `${method} ${template} ${status}`
    const schema = schemas.get(name) ?? schemaOf(method, template, status)
    schemas.set(name, schema)
    if (schema === null) {
      if (body !== undefined && body !== '') throw new Error(`${name} has a body, and GitHub's has none`)
      return
    }
    const { error } = schema.safeParse(body)
    if (error) throw new Error(`${name} is not as GitHub answers: ${z.prettifyError(error)}`)
  }
}

/** The value with every `$ref` replaced by what it refers to. */
function inlined(document: Json, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => inlined(document, one))
  if (!isJson(value)) return value
  if (typeof value.$ref === 'string') {
    const found = value.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, part) => (isJson(at) ? at[part] : undefined), document)
    return inlined(document, found)
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'discriminator' && name !== 'examples' && name !== 'example')
      .map(([name, one]) => [name, inlined(document, one)]),
  )
}

const isJson = (value: unknown): value is Json => value !== null && typeof value === 'object' && !Array.isArray(value)
