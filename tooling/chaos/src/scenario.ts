/** What the run plays with: folders that read each other, and syncs of every kind of policy at every vendor. */
import { randomBytes } from 'node:crypto'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import { bootstrapped } from '@keyferry/schemas'
import type { Account, Vendor } from './vendor.ts'

export const ENVIRONMENT = 'dev'
/** `app` may import `shared`, `jobs` always does and refers to both. */
export const FOLDERS = ['shared', 'app', 'jobs'] as const
export type Folder = (typeof FOLDERS)[number]

export interface ScenarioSync {
  name: string
  destination: string
  syncId: string
  account: Account
  folder: Folder
  /** The key schema is this before the secret's key. */
  prefix: string
  mirrors: boolean
}

export interface Scenario {
  projectId: string
  token: string
  syncs: readonly ScenarioSync[]
  /** What somebody else keeps at a target; no sync may touch it. */
  foreign: ReadonlyMap<Account, ReadonlyMap<string, string>>
}

/** Accounts that every vendor needs. */
export const ACCOUNTS = 3

/** A starved process may take longer over the password than Postgres lets a transaction wait. */
const TRIES = 3

/** The first account of the empty instance at `url`; its token. Tries again where the instance asks for it. */
export async function bootstrap(url: string): Promise<string> {
  const body = JSON.stringify({
    email: 'chaos@example.com',
    password: randomBytes(12).toString('hex'),
    organization: 'Chaos',
  })
  for (let attempt = 1; ; attempt++) {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/api/v1/admin/bootstrap`, { method: 'POST', headers, body })
    if (answer.ok) return bootstrapped.parse(await answer.json()).identity.credentials.token
    if (answer.status !== 503 || attempt === TRIES)
      throw new Error(`bootstrap answered ${answer.status}: ${await answer.text()}`)
  }
}

/**
 * Folders, connections and syncs. Per vendor: one target with one sync, one shared by two syncs, one that is mirrored.
 * Foreign keys are planted first: outside of every key schema, inside of one whose sync deletes only its own, and
 * strays that a mirror may remove.
 */
export async function setUpScenario(url: string, vendors: readonly Vendor[]): Promise<Scenario> {
  const token = await bootstrap(url)
  const client = createKeyferryClient({ url, token })
  const project = await client.projects.create.mutate({ name: 'Chaos' })
  const place = { projectId: project.id, environment: ENVIRONMENT }
  for (const name of FOLDERS) await client.folders.create.mutate({ ...place, name, path: '/' })
  await client.imports.create.mutate({ ...place, path: '/jobs', import: { environment: ENVIRONMENT, path: '/shared' } })

  const syncs: ScenarioSync[] = []
  const foreign = new Map<Account, Map<string, string>>()
  for (const { accounts } of vendors) {
    const [alone, shared, mirrored] = accounts
    if (!alone || !shared || !mirrored) throw new Error(`a vendor needs ${ACCOUNTS} accounts`)
    foreign.set(alone, await plant(alone, ['OTHERS', 'A_OTHERS', 'a_lower']))
    foreign.set(shared, await plant(shared, ['OTHERS', 'B_OTHERS', 'B1_OTHERS', 'B2_OTHERS']))
    foreign.set(mirrored, await plant(mirrored, ['OTHERS', 'OTHERS_C_1', 'c_lower']))
    await plant(mirrored, ['C_STRAY_1', 'C_STRAY_2'])
    const played = [
      { account: alone, folder: 'app', prefix: 'A_', mirrors: false },
      { account: shared, folder: 'app', prefix: 'B1_', mirrors: false },
      { account: shared, folder: 'jobs', prefix: 'B2_', mirrors: false },
      { account: mirrored, folder: 'jobs', prefix: 'C_', mirrors: true },
    ] as const
    const connections = new Map<Account, string>()
    for (const [i, account] of accounts.entries()) {
      const { destination, credentials } = account
      const name = `${destination}-${i + 1}`
      const connection = await client.connections.create.mutate({ destination, name, credentials })
      connections.set(account, connection.id)
    }
    for (const spec of played) {
      const { account, folder, prefix, mirrors } = spec
      const name = `${account.destination}-${prefix.replace('_', '').toLowerCase()}`
      const { id: syncId } = await client.syncs.create.mutate({
        ...place,
        secretPath: `/${folder}`,
        name,
        destination: account.destination,
        connectionId: connections.get(account) ?? '',
        target: account.target,
        options: {
          keySchema: `${prefix}{{secretKey}}`,
          deletionPolicy: mirrors ? 'mirror' : 'owned',
        },
      })
      syncs.push({ ...spec, name, destination: account.destination, syncId })
    }
  }
  return { projectId: project.id, token, syncs, foreign }
}

async function plant(account: Account, keys: readonly string[]): Promise<Map<string, string>> {
  const planted = new Map(keys.map((key) => [key, `not ours: ${key}`]))
  for (const [key, value] of planted) await account.put(key, value)
  return planted
}

export interface Unsettled {
  name: string
  state: string
  message: string | null
}

/** The syncs that are not at their target, as the API reports it. */
export async function unsettled(client: KeyferryClient, projectId: string): Promise<Unsettled[]> {
  const syncs = await client.syncs.list.query({ projectId })
  return syncs
    .filter((sync) => sync.state !== 'succeeded' || !sync.inSync)
    .map((sync) => ({ name: sync.name, state: sync.state, message: sync.message }))
}
