import { randomBytes } from 'node:crypto'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'

export interface Account {
  email: string
  password: string
  /** Bearer token of the whole API. */
  token: string
}

/** Sets up the empty instance at `url`: its first account, with a generated password. Throws what the API answered. */
export async function bootstrap(url: string): Promise<Account> {
  const account = { email: 'demo@example.com', password: randomBytes(12).toString('base64url') }
  const answer = await fetch(`${url}/api/v1/admin/bootstrap`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...account, organization: 'Demo' }),
  })
  const body: unknown = await answer.json()
  if (!answer.ok) throw new Error(`bootstrap answered ${answer.status}: ${JSON.stringify(body)}`)
  return { ...account, token: tokenIn(body) }
}

function tokenIn(body: unknown): string {
  const identity = body !== null && typeof body === 'object' && 'identity' in body ? body.identity : null
  const credentials =
    identity !== null && typeof identity === 'object' && 'credentials' in identity ? identity.credentials : null
  const token =
    credentials !== null && typeof credentials === 'object' && 'token' in credentials ? credentials.token : null
  if (typeof token !== 'string') throw new Error('bootstrap answered without a token')
  return token
}

export const clientOf = (url: string, account: Account): KeyferryClient =>
  createKeyferryClient({ url, token: account.token })

/** The folder that all syncs of the demo read. */
export interface Source {
  projectId: string
  environment: string
  secretPath: string
}

/**
 * A project with `dotenv` imported into its first environment. `refused`: keys that the vault does not take, and why;
 * `lines`: what became of the others.
 */
export async function createSource(client: KeyferryClient, dotenv: string) {
  const project = await client.projects.create.mutate({ name: 'Demo' })
  const environment = project.environments[0]?.slug
  if (environment === undefined) throw new Error('the project has no environment')
  const source: Source = { projectId: project.id, environment, secretPath: '/' }
  const { refused, lines } = await client.secrets.paste.mutate({ ...source, content: dotenv })
  return { source, refused, lines }
}

/**
 * What the targets should hold: the values of the folder, their references resolved. Throws naming the keys whose
 * references lead nowhere.
 */
export async function expectedValues(client: KeyferryClient, source: Source): Promise<Map<string, string>> {
  const { secrets } = await client.secrets.list.query({ ...source, expandReferences: true })
  return new Map(secrets.map(({ key, value }) => [key, value ?? '']))
}

export interface SyncRef {
  destination: string
  syncId: string
}

/**
 * A connection to the emulated vendor and a sync of the source into its empty target; the first run starts
 * automatically.
 */
export async function createSync(
  client: KeyferryClient,
  source: Source,
  destination: string,
  emulator: Emulator,
): Promise<SyncRef> {
  const { projectId } = source
  const connection = await client.connections.create.mutate({
    destination,
    name: `${destination}-demo`,
    method: emulator.method,
    credentials: emulator.credentials,
    projectId,
  })
  const sync = await client.syncs.create.mutate({
    ...source,
    destination,
    name: `to-${destination}`,
    connectionId: connection.id,
    target: emulator.target,
    options: {},
  })
  return { destination, syncId: sync.id }
}
