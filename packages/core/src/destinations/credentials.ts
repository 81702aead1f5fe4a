/** Credentials of a connection, as one of its methods has them. */
import { BadRequest, Invalid } from '@keyferry/kernel'
import type { ConnectionDefinition, ConnectionMethod } from './connection.ts'
import { secretTexts, withoutSecrets } from './forms.ts'
import type { HttpOptions } from './shared/http/http.ts'

/** In clear: the fields of one method, as its schema has them. They stay in memory. */
export type Credentials = Record<string, unknown> & {
  method: string
  /** Of `Account.id`, from the last check before they were saved; null where targets need none. */
  account: string | null
}

/** Throws `BadRequest` for an unknown method, and `Invalid` with paths such as `credentials.apiKey`. */
export function parseCredentials(definition: ConnectionDefinition, method: string, input: unknown): Credentials {
  const parsed = methodOf(definition, method).credentials.safeParse(input)
  if (parsed.success) return { ...parsed.data, method, account: null }
  throw new Invalid(parsed.error.issues.map(({ path, message }) => ({ path: ['credentials', ...path], message })))
}

function methodOf({ title, methods }: ConnectionDefinition, method: string): ConnectionMethod {
  const known = Object.hasOwn(methods, method) ? methods[method] : undefined
  if (known) return known
  const names = Object.keys(methods).map((name) => `"${name}"`)
  throw new BadRequest(`${title} connections have the method ${names.join(' or ')}, not "${method}"`)
}

/** The fields that may be shown again. */
export const shownCredentials = (definition: ConnectionDefinition, credentials: Credentials): Record<string, unknown> =>
  withoutSecrets(methodOf(definition, credentials.method).credentials, credentials)

/** What the connection says of its requests. */
export const httpFor = (
  definition: ConnectionDefinition,
  credentials: Credentials,
): Pick<HttpOptions, 'baseUrl' | 'hosts' | 'ca' | 'authorization' | 'secrets' | 'classify'> => ({
  baseUrl: definition.baseUrl(credentials),
  hosts: definition.hosts?.(credentials),
  ca: definition.ca?.(credentials),
  authorization: (door) => definition.authorization(credentials, door),
  secrets: secretTexts(methodOf(definition, credentials.method).credentials, credentials),
  classify: (answer) => definition.classify?.(answer) ?? null,
})
