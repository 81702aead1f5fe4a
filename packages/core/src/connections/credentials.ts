import type { ConnectionTable, Selectable } from '@keyferry/db'
import { Invalid, type Context, type DataKey } from '@keyferry/kernel'
import type { DestinationDefinition } from '../destinations/destination.ts'

/** Credentials in clear, as the destination's own schema has them. They stay in memory. */
export type Credentials = Record<string, unknown>

/** Throws `Invalid` with paths such as `credentials.apiKey`. */
export function parseCredentials(definition: DestinationDefinition, input: unknown): Credentials {
  const parsed = definition.connection.credentials.safeParse(input)
  if (parsed.success) return parsed.data
  throw new Invalid(parsed.error.issues.map(({ path, message }) => ({ path: ['credentials', ...path], message })))
}

/** Bound to the connection's id, so that a sealed text copied to another row does not open there. */
export async function sealCredentials(ctx: Context, connectionId: string, credentials: Credentials): Promise<string> {
  return (await organizationKey(ctx)).seal(JSON.stringify(credentials), 'connection', connectionId)
}

/** Throws `DecryptionError` when the row was altered or sealed under another root key. */
export async function openCredentials(
  ctx: Context,
  definition: DestinationDefinition,
  row: Sealed,
): Promise<Credentials> {
  return credentialsIn(await organizationKey(ctx), definition, row)
}

type Sealed = Pick<Selectable<ConnectionTable>, 'id' | 'credentials'>

/** The same with the organization's key in hand. */
export function credentialsIn(key: DataKey, definition: DestinationDefinition, row: Sealed): Credentials {
  const text = key.open(row.credentials, 'connection', row.id)
  // Parsed again: a field that the destination gained since then gets its default.
  return parseCredentials(definition, JSON.parse(text))
}

/** Scheme, host and port that the credentials lead to. Two targets at different origins are different targets. */
export const originOf = (definition: DestinationDefinition, credentials: Credentials): string =>
  new URL(definition.baseUrl(credentials)).origin

/** Seals what belongs to the instance and to no project. */
export async function organizationKey(ctx: Context): Promise<DataKey> {
  const { id, dataKey } = await ctx.db.selectFrom('organizations').select(['id', 'dataKey']).executeTakeFirstOrThrow()
  return ctx.keyring.open(id, dataKey)
}
