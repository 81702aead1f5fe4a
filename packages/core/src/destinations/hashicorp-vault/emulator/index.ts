/**
 * HashiCorp Vault and OpenBao as a local HTTP server: KV version 1 and 2, tokens, AppRole, policies and namespaces, as
 * OpenBao's source of 2026-08-21 and Vault's API documents have them (2026-11-28).
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { bucket } from '../../shared/emulators/emulator-bucket.ts'
import { startEmulatorServer } from '../../shared/emulators/emulator-server.ts'
import { membersOf, parseExactly } from '../../shared/http/exact-json.ts'
import { append, live, type Members, newDocument } from './documents.ts'
import { createMount } from './mounts.ts'
import type { Capability, Policy } from './policies.ts'
import { serve, type State } from './routes.ts'
import { createTokens } from './tokens.ts'

export interface VaultEmulatorOptions extends EmulatorOptions {
  /** The version of the mount of the target. Default 2. */
  version?: 1 | 2
  /** Version 2: the mount refuses writes without check-and-set. */
  casRequired?: boolean
  /** `none`: a server before Vault 1.9. `denied`: the policy lacks `patch`. */
  patch?: 'none' | 'denied'
  /** Of which method `credentials` are. Default `access-token`. */
  method?: 'access-token' | 'app-role'
}

export interface VaultEmulator extends Emulator {
  /** Credentials of an AppRole with the same rights as `accessTokens.full`. */
  appRole: { instanceUrl: string; authMount: string; roleId: string; secretId: string }
  accessTokens: {
    /** May do everything below every mount. */
    full: string
    /** May read the target and no more. */
    reader: string
    /** May do everything at another path of the mount, and nothing at the target. */
    stranger: string
    /** A batch token with all rights: it can be neither renewed nor revoked. */
    batch: string
    /** Made in the namespace `team`, with all rights there. */
    team: string
  }
  target: { mount: string; path: string }
  /** Mounts beside the target's: KV version 1, and version 2 that requires check-and-set. */
  mounts: { v1: string; strict: string; nested: string }
  /** The number of the target's current version; 0 when there is none. */
  version(): number
  /** The text of the target's members, in their order; null when there is no live version. */
  members(): Map<string, string> | null
  /** Writes members of any JSON type to the target, numbers as text: `plant('{"N":1.0}')`. */
  plant(json: string): void
  /** Deletes the current version of the target, which undelete could bring back. */
  softDelete(): void
  /** Tokens of logins that are still good. */
  loggedIn(): number
  /** Ends the tokens of all logins, as their time to live does. */
  expireTokens(): void
  /** `secret_id_num_uses`: logins left to the secret ID. */
  setSecretIdUses(uses: number): void
  setSealed(isSealed: boolean): void
}

/** Vault has no limit of its own; an operator sets a quota. These sizes only make refusals happen. */
const QUOTA = { burst: 100, refill: 100, intervalMs: 1_000 }

const ALL: readonly Capability[] = ['create', 'read', 'update', 'patch', 'delete', 'list']
const PATH = 'app/prod'

export async function startEmulator(options: VaultEmulatorOptions = {}): Promise<VaultEmulator> {
  const mount = createMount('secret', options.version ?? 2, { casRequired: options.casRequired === true })
  const tokens = createTokens()
  const full: Policy = { '*': options.patch === 'denied' ? ALL.filter((capability) => capability !== 'patch') : ALL }
  const accessToken = tokens.add({ displayName: 'token-keyferry', policies: [full] })
  const role = tokens.addAppRole({ mount: 'approle', policies: [full] })
  const state: State = {
    mounts: [
      mount,
      createMount('kv', 1),
      createMount('strict', 2, { casRequired: true }),
      createMount('teams/a/kv', 2),
      createMount('secret', 2, { namespace: 'team' }),
    ],
    namespaces: ['', 'team', 'team/sub'],
    tokens,
    limit: bucket(options.rateLimit, QUOTA),
    retryAfter: 1,
    isSealed: false,
    canPatch: options.patch !== 'none',
  }
  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle: (request) => serve(state, request),
  })
  const appRole = { instanceUrl: server.url, authMount: role.mount, roleId: role.roleId, secretId: role.secretId }
  const current = (): Members => live(mount.documents.get(PATH)) ?? new Map()
  const write = (members: Members): void => {
    const document = mount.documents.get(PATH) ?? newDocument()
    append(document, members)
    mount.documents.set(PATH, document)
  }
  const text = (members: Members): Map<string, string> =>
    new Map([...members].map(([name, value]) => [name, JSON.stringify(value)]))
  const policy = (path: string, capabilities: readonly Capability[]): Policy => ({
    [`secret/${path}`]: capabilities,
    [`secret/data/${path}`]: capabilities,
  })

  return {
    ...server,
    isWrite: (method, path) => method !== 'GET' && !path.startsWith('/v1/auth/'),
    method: options.method,
    credentials: options.method === 'app-role' ? appRole : { instanceUrl: server.url, accessToken },
    appRole,
    accessTokens: {
      full: accessToken,
      reader: tokens.add({ displayName: 'token-reader', policies: [policy(PATH, ['read'])] }),
      stranger: tokens.add({ displayName: 'token-stranger', policies: [policy('other', ALL)] }),
      batch: tokens.add({ displayName: 'token-batch', policies: [full], type: 'batch' }),
      team: tokens.add({ displayName: 'token-team', policies: [full], namespace: 'team' }),
    },
    target: { mount: 'secret', path: PATH },
    missingTarget: { mount: 'nothing', path: PATH },
    expireTokens: tokens.endLogins,
    mounts: { v1: 'kv', strict: 'strict', nested: 'teams/a/kv' },
    contents: () =>
      new Map([...current()].map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])),
    put: (key, value) => write(new Map(current()).set(key, value)),
    remove(key) {
      const members = new Map(current())
      if (members.delete(key)) write(members)
    },
    clear() {
      mount.documents.clear()
      server.resetInFlight()
    },
    setRateLimit(limit) {
      state.limit = bucket(limit, QUOTA)
      state.retryAfter = typeof limit === 'object' ? Math.ceil(limit.intervalMs / 1_000) : 1
    },
    version: () => mount.documents.get(PATH)?.current ?? 0,
    members: () => {
      const members = live(mount.documents.get(PATH))
      return members && text(members)
    },
    plant(json) {
      const members = membersOf(parseExactly(json))
      if (!members) throw new Error('The emulator stores JSON objects')
      write(members)
    },
    softDelete() {
      const document = mount.documents.get(PATH)
      const version = document?.versions.get(document.current)
      if (version) version.deletedAt = new Date().toISOString()
    },
    loggedIn: tokens.loggedIn,
    setSecretIdUses: tokens.setSecretIdUses,
    setSealed(isSealed) {
      state.isSealed = isSealed
    },
  }
}

export const startWithTokens = (options?: VaultEmulatorOptions): Promise<VaultEmulator> =>
  startEmulator({ ...options, method: 'app-role' })

export const lacks: readonly VendorCapability[] = ['values on request']

/** Accounts and mounts that differ in what a write has to send. */
export const variants = new Map([
  ['logs in with AppRole', startWithTokens],
  [
    'grants no patch and requires check-and-set',
    (options?: VaultEmulatorOptions) => startEmulator({ ...options, patch: 'denied', casRequired: true }),
  ],
  ['is a KV version 1 mount', (options?: VaultEmulatorOptions) => startEmulator({ ...options, version: 1 })],
])
