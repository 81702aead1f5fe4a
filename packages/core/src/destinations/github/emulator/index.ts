/**
 * GitHub as a real HTTP server on loopback: secrets and variables of repositories, environments and organizations for
 * Actions, Dependabot, Codespaces and agents, with personal access tokens and an app (GitHub's OpenAPI document 23.0.2,
 * docs.github.com, and public issues, 2026-11-28).
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { startEmulatorServer } from '../../shared/emulators/emulator-server.ts'
import { createAccounts } from './accounts.ts'
import { APP_ID, createApp, INSTALLATION_ID } from './app.ts'
import { placeAt, type Place, type World } from './places.ts'
import { createRateLimits, type Refusals } from './rate-limit.ts'
import { serve, type State } from './routes.ts'
import { generateSealingKey, sodiumReady } from './sealed-boxes.ts'
import type { Row } from './store.ts'

export type GithubTarget =
  | { scope: 'repository'; owner: string; repo: string; kind: string }
  | { scope: 'repository-environment'; owner: string; repo: string; env: string; kind: string }
  | { scope: 'organization'; org: string; visibility: string; kind: string }

export interface GithubEmulatorOptions extends EmulatorOptions {
  /** What `target`, `contents` and `put` are about. Default: the secrets of an organization. */
  scope?: GithubTarget['scope']
  kind?: 'secrets' | 'variables'
  /** Which credential `credentials` are. Default `pat`. */
  method?: 'pat' | 'github-app'
  /** Milliseconds that reads are behind writes. Default 0. */
  listLagMs?: number
  /** Status of a POST for a variable that exists. Default 409. */
  existingVariable?: 409 | 500
  /** Default: 403 with `retry-after`. */
  refusals?: Refusals
  /** The real limits count writes as content: 80 a minute. Default true: nobody outside knows. */
  countsContent?: boolean
  /** How long installation tokens last. Default an hour. */
  installationTokenMs?: number
  /** GitHub Enterprise Server, which has neither Codespaces nor agents. */
  isServer?: boolean
}

export interface GithubEmulator extends Emulator {
  /** With every right, and this server as an Enterprise Server. */
  credentials: Record<string, string>
  accessTokens: {
    /** Classic, with every right. */
    classic: string
    /** Fine-grained, with every right. */
    fineGrained: string
    /** Fine-grained, may read only. */
    reader: string
    /** Classic, sees neither the repositories nor the organization. */
    stranger: string
    /** Classic, not authorized for the organization's single sign-on. */
    withoutSso: string
    /** Classic with `public_repo` only. */
    collaborator: string
  }
  app: { appId: string; installationId: string; privateKey(): string; suspend(isSuspended: boolean): void }
  /** Installation tokens handed out so far. */
  handedOut(): number
  /** Ends every installation token, as their hour does. */
  expireTokens(): void
  /** Rows of the place below this path, such as `/orgs/acme/actions/secrets`, with values in clear. */
  rows(path: string): Row[]
  /** Puts a row there. */
  plant(path: string, row: Pick<Row, 'name' | 'value'> & Partial<Row>): void
  /** A new public key at every place, as GitHub makes one now and then. */
  rotateKeys(): void
}

const TARGETS: ReadonlyMap<string, { target: Omit<GithubTarget, 'kind'>; path: string }> = new Map([
  ['repository', { target: { scope: 'repository', owner: 'acme', repo: 'app' }, path: 'repos/acme/app/actions' }],
  [
    'repository-environment',
    {
      target: { scope: 'repository-environment', owner: 'acme', repo: 'app', env: 'eu/production 1' },
      path: 'repos/acme/app/environments/eu%2Fproduction%201',
    },
  ],
  [
    'organization',
    { target: { scope: 'organization', org: 'acme', visibility: 'private' }, path: 'orgs/acme/actions' },
  ],
])

const newWorld = (options: GithubEmulatorOptions): World => ({
  repositories: [
    { id: 1_001, owner: 'acme', name: 'app', environments: ['eu/production 1', 'staging'] },
    { id: 1_002, owner: 'acme', name: 'web', environments: [] },
    { id: 2_001, owner: 'stranger', name: 'site', environments: [] },
  ],
  renamed: new Map([['acme/old-app', 1_001]]),
  organizations: ['acme', 'stranger'],
  lagMs: options.listLagMs ?? 0,
  isServer: options.isServer ?? false,
  places: new Map(),
})

export async function startEmulator(options: GithubEmulatorOptions = {}): Promise<GithubEmulator> {
  await sodiumReady()
  const { scope = 'organization', kind = 'secrets', method = 'pat' } = options
  const limitsOf = (limit: EmulatorOptions['rateLimit']) =>
    createRateLimits(limit, {
      refusals: options.refusals ?? { status: 403, form: 'secondary' },
      countsContent: options.countsContent ?? true,
    })
  const accounts = createAccounts()
  const world = newWorld(options)
  const state: State = {
    world,
    accounts,
    app: createApp(accounts, { rights: ALL, tokenMs: options.installationTokenMs }),
    limits: limitsOf(options.rateLimit),
    existingVariable: options.existingVariable ?? 409,
  }
  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle: (request) => serve(state, request),
  })
  const place = (path: string): Place => {
    const found = placeAt(world, path.replace(/^\//, '').split('/').map(decodeURIComponent))
    if (!found || 'movedTo' in found) throw new Error(`The emulator has no ${path}`)
    return found
  }
  const at = TARGETS.get(scope)
  if (!at) throw new Error(`The emulator has no scope ${scope}`)
  const own = place(`${at.path}/${kind}`)
  const visibility = scope === 'organization' ? { visibility: 'all' as const } : {}
  const classic = (owners: readonly string[], rights: readonly string[], more: { lacksSso?: boolean } = {}): string =>
    accounts.add('ghp_', { kind: 'classic', owners, rights, ...more })
  const fineGrained = (rights: readonly string[]): string =>
    accounts.add('github_pat_', { kind: 'fine-grained', owners: ['acme'], rights })

  const token = classic(['acme'], ['repo', 'admin:org'])

  return {
    ...server,
    method,
    credentials: {
      ...(method === 'pat'
        ? { personalAccessToken: token }
        : { appId: String(APP_ID), installationId: String(INSTALLATION_ID), privateKey: state.app.privateKey() }),
      instanceType: 'server',
      host: server.url,
    },
    accessTokens: {
      classic: token,
      fineGrained: fineGrained(ALL),
      reader: fineGrained(ALL.map((right) => right.replace('=write', '=read'))),
      stranger: classic([], ['repo', 'admin:org']),
      withoutSso: classic(['acme'], ['repo', 'admin:org'], { lacksSso: true }),
      collaborator: classic(['acme'], ['public_repo']),
    },
    app: {
      appId: String(APP_ID),
      installationId: String(INSTALLATION_ID),
      privateKey: state.app.privateKey,
      suspend: state.app.suspend,
    },
    handedOut: state.app.handedOut,
    expireTokens: () => accounts.end('installation'),
    target: { ...at.target, kind },
    missingTarget: { scope: 'repository', owner: 'acme', repo: 'nothing', kind },
    otherFields: { owner: 'acme', repo: 'app' },
    contents: () => new Map(own.store.rows().map(({ name, value }) => [name, value])),
    put: (key, value) => own.store.set({ name: key.toUpperCase(), value, ...visibility }, true),
    remove: (key) => void own.store.delete(key.toUpperCase(), true),
    rows: (path) => place(path).store.rows(),
    plant: (path, row) => place(path).store.set({ ...row, name: row.name.toUpperCase() }, true),
    rotateKeys() {
      for (const { sealing } of world.places.values()) sealing.key = generateSealingKey()
    },
    clear() {
      for (const { store } of world.places.values()) store.clear()
      server.resetInFlight()
    },
    setRateLimit(limit) {
      state.limits = limitsOf(limit)
    },
  }
}

const OWN = 'secrets actions_variables dependabot_secrets codespaces_secrets agent_secrets agent_variables'.split(' ')
/** Permissions of a token or an app that may do everything here. */
const ALL: readonly string[] = [...OWN, ...OWN.map((name) => `organization_${name}`), 'environments'].map(
  (name) => `${name}=write`,
)

export const startWithTokens = (options?: GithubEmulatorOptions): Promise<GithubEmulator> =>
  startEmulator({ ...options, method: 'github-app' })

export const lacks: readonly VendorCapability[] = ['values on request']

const variant = (more: GithubEmulatorOptions) => (options?: GithubEmulatorOptions) =>
  startEmulator({ ...options, ...more })

/** Other calls than those of the default, and another way to prove the credential. */
export const variants = new Map([
  ['keeps variables of an organization', variant({ kind: 'variables' })],
  [
    'answers 500 for a variable that exists',
    variant({ scope: 'repository', kind: 'variables', existingVariable: 500 }),
  ],
  ['keeps secrets of an environment, for an app', variant({ scope: 'repository-environment', method: 'github-app' })],
])
