import type { ConnectionTable, Selectable } from '@keyferry/db'
import { organizationKey, type Context, type DataKey } from '@keyferry/kernel'
import type { ConnectionDefinition } from '../destinations/connection.ts'
import { type Credentials, parseCredentials, shownCredentials } from '../destinations/credentials.ts'
import { connectionOf } from '../destinations/registry.ts'

/** Bound to the connection's id, so that a sealed text copied to another row does not open there. */
export async function sealCredentials(ctx: Context, connectionId: string, credentials: Credentials): Promise<string> {
  const { method: _, account, ...fields } = credentials
  const text = JSON.stringify(account === null ? fields : { ...fields, [ACCOUNT]: account })
  return (await organizationKey(ctx)).seal(text, 'connection', connectionId)
}

/** No field of a credential begins so. */
const ACCOUNT = '$account'

/** Throws `DecryptionError` when the row was altered or sealed under another root key. */
export async function openCredentials(ctx: Context, row: Sealed): Promise<Credentials> {
  return credentialsIn(await organizationKey(ctx), row)
}

type Sealed = Pick<Selectable<ConnectionTable>, 'id' | 'app' | 'method' | 'credentials'>

/** The same with the organization's key in hand. */
export function credentialsIn(key: DataKey, row: Sealed): Credentials {
  const stored: Record<string, unknown> = JSON.parse(key.open(row.credentials, 'connection', row.id))
  const { [ACCOUNT]: account, ...fields } = stored
  // Parsed again: a field that the destination gained since then gets its default.
  const credentials = parseCredentials(connectionOf(row.app), row.method, fields)
  return { ...credentials, account: typeof account === 'string' ? account : null }
}

/** The fields that are not secret; null where they do not open, such as after a row was altered. */
export function settingsIn(key: DataKey, row: Sealed): Credentials | null {
  try {
    const credentials = credentialsIn(key, row)
    const { method, account } = credentials
    return { ...shownCredentials(connectionOf(row.app), credentials), method, account }
  } catch {
    return null
  }
}

/**
 * Where the credentials lead: scheme, host and port, and the account where targets of one name exist in several. Two
 * targets at different places are different targets.
 */
export const placeOf = (definition: ConnectionDefinition, credentials: Credentials): string =>
  [definition.targetOrigin?.(credentials) ?? originOf(definition, credentials), credentials.account]
    .filter((part) => part !== null)
    .join(' ')

/** Scheme, host and port that the credentials lead to. */
export const originOf = (definition: ConnectionDefinition, credentials: Credentials): string =>
  new URL(definition.baseUrl(credentials)).origin
