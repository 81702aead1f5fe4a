/**
 * Devin's API v3 as far as organization secrets go, as a real HTTP server on loopback (docs.devin.ai and the OpenAPI
 * document in Devin's Terraform provider, 2026-11-22). What no document settles is a switch (`duplicates`).
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { bucket } from '../../shared/emulators/emulator-bucket.ts'
import { startEmulatorServer, type ServedAnswer, type ServedRequest } from '../../shared/emulators/emulator-server.ts'
import {
  conflict,
  forbidden,
  notAllowed,
  notFound,
  ok,
  problem,
  tooMany,
  unauthorized,
  unprocessable,
  type Issue,
} from './answers.ts'
import { shown, vault, type Kept, type Vault } from './vault.ts'

/** What a create does over a key that exists: refused as a conflict, refused as invalid, or a silent second secret. */
export type Duplicates = '409' | '422' | 'copy'

export interface DevinEmulatorOptions extends EmulatorOptions {
  /** Default `409`. */
  duplicates?: Duplicates
}

export interface DevinEmulator extends Emulator {
  /** API keys: the one in `credentials` is `manager`. */
  keys: {
    /** A service user of the organization with ManageOrgSecrets. */
    manager: string
    /** One without it. */
    member: string
    /** A service user of another organization. */
    stranger: string
    /** An enterprise service user: bound to no organization, ManageOrgSecrets in this one. */
    enterprise: string
  }
  setDuplicates(duplicates: Duplicates): void
  /** Puts any secret there, beside others of its key. Answers its id. */
  plant(secret: { key: string | null; value?: string; secret_type?: string; access_type?: string }): string
  /** Everything in the organization, in clear. */
  secrets(): Kept[]
}

/** Devin documents no numbers (2026-11-22): these only make refusals happen. */
const RATE_LIMIT = { burst: 100, refill: 100, intervalMs: 10_000 }

const ORG = 'org-0123456789abcdef'
const OTHER_ORG = 'org-fedcba9876543210'

interface User {
  name: string
  orgId: string | null
  /** Organizations whose secrets it may manage. */
  manages: readonly string[]
}

const USERS = new Map<string, User>([
  ['cog_emulatormanager', { name: 'Keyferry', orgId: ORG, manages: [ORG] }],
  ['cog_emulatormember', { name: 'Reader', orgId: ORG, manages: [] }],
  ['cog_emulatorstranger', { name: 'Elsewhere', orgId: OTHER_ORG, manages: [OTHER_ORG] }],
  ['cog_emulatorenterprise', { name: 'Enterprise', orgId: null, manages: [ORG] }],
])

/** What the tests of the engine run with this vendor for. */
export const represents = 'a vendor that replaces instead of updating, and shows no value'

export const lacks: readonly VendorCapability[] = ['issued tokens', 'values on request']

export async function startEmulator(options: DevinEmulatorOptions = {}): Promise<DevinEmulator> {
  const organization = vault()
  let duplicates = options.duplicates ?? '409'
  let limit = bucket(options.rateLimit, RATE_LIMIT)

  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle(request) {
      const user = USERS.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '')
      if (!user) return unauthorized()
      if (!limit.take()) return tooMany()
      if (request.path === '/v3/self') return request.method === 'GET' ? ok(self(user)) : notAllowed()
      const [, orgId, secretId] = /^\/v3\/organizations\/([^/]+)\/secrets(?:\/([^/]+))?$/.exec(request.path) ?? []
      if (orgId === undefined) return notFound()
      const refusal = refuse(user, decodeURIComponent(orgId))
      if (refusal) return refusal
      // The other organization has no secrets and takes none: it is there to be the wrong one.
      if (decodeURIComponent(orgId) !== ORG)
        return request.method === 'GET' ? ok(listed(vault(), request)) : forbidden()
      return secretId === undefined
        ? collection(organization, duplicates, request)
        : single(organization, decodeURIComponent(secretId), request)
    },
  })

  const ofOrganization = (): Kept[] => organization.all().filter((secret) => secret.access_type === 'org')
  const remove = (key: string): void => {
    for (const secret of ofOrganization()) if (secret.key === key) organization.delete(secret.secret_id)
  }

  return {
    ...server,
    credentials: { apiKey: 'cog_emulatormanager', instanceUrl: server.url },
    target: { orgId: ORG },
    missingTarget: { orgId: 'org-nothing' },
    keys: {
      manager: 'cog_emulatormanager',
      member: 'cog_emulatormember',
      stranger: 'cog_emulatorstranger',
      enterprise: 'cog_emulatorenterprise',
    },
    contents: () =>
      new Map(ofOrganization().flatMap(({ key, value }) => (key === null ? [] : [[key, value] as const]))),
    put(key, value) {
      remove(key)
      organization.add({ key, value })
    },
    remove,
    clear() {
      organization.clear()
      server.resetInFlight()
    },
    secrets: () => organization.all(),
    plant: ({ value = 'planted', ...secret }) => organization.add({ ...secret, value }).secret_id,
    setDuplicates(mode) {
      duplicates = mode
    },
    setRateLimit(given) {
      limit = bucket(given, RATE_LIMIT)
    },
  }
}

/** What Devin does with a second secret of a name is not documented: whichever it is must do no harm. */
export const variants = new Map([
  ['answers 422 to a duplicate', (options?: DevinEmulatorOptions) => startEmulator({ ...options, duplicates: '422' })],
  [
    'makes a copy of a duplicate',
    (options?: DevinEmulatorOptions) => startEmulator({ ...options, duplicates: 'copy' }),
  ],
])

const self = (user: User): Record<string, unknown> => ({
  principal_type: 'service_user',
  service_user_id: `service-user-${user.name.toLowerCase()}`,
  service_user_name: user.name,
  org_id: user.orgId,
})

function refuse(user: User, orgId: string): ServedAnswer | null {
  if (user.manages.includes(orgId)) return null
  // An organization that doesn't exist, requested by someone who can see them all.
  return user.orgId === null ? notFound() : forbidden()
}

function collection(organization: Vault, duplicates: Duplicates, request: ServedRequest): ServedAnswer {
  if (request.method === 'POST') return create(organization, duplicates, request.text)
  if (request.method !== 'GET') return notAllowed()
  const first = Number(request.query.get('first') ?? 100)
  if (!Number.isInteger(first) || first < 1 || first > 200) {
    return unprocessable({ loc: ['query', 'first'], msg: 'Input should be between 1 and 200', type: 'value_error' })
  }
  return ok(listed(organization, request))
}

function listed(organization: Vault, { query }: ServedRequest): Record<string, unknown> {
  const { secrets, more } = organization.page(after(query.get('after')), Number(query.get('first') ?? 100))
  const last = secrets.at(-1)
  return {
    items: secrets.map(shown),
    end_cursor: last ? Buffer.from(`after:${last.sequence}`).toString('base64url') : null,
    has_next_page: more,
    total: null,
  }
}

const after = (cursor: string | null): number =>
  Number(
    Buffer.from(cursor ?? '', 'base64url')
      .toString()
      .replace('after:', ''),
  )

function create(organization: Vault, duplicates: Duplicates, text: string): ServedAnswer {
  const body = parse(text)
  if (body === null) return problem(400, 'Bad Request', 'The request body is not JSON')
  const { type, key, value, is_sensitive, note } = body
  const issues: Issue[] = []
  if (type !== 'key-value' && type !== 'cookie' && type !== 'totp')
    issues.push({ loc: ['body', 'type'], msg: 'Input is not a type', type: 'enum', input: type })
  if (typeof key !== 'string' || key === '' || key.length > 256)
    issues.push({ loc: ['body', 'key'], msg: 'String should have 1 to 256 characters', type: 'string', input: key })
  if (typeof value !== 'string' || value.length > 65_536) {
    issues.push({
      loc: ['body', 'value'],
      msg: 'String should have at most 65536 characters',
      type: 'string_too_long',
      input: value,
    })
  }
  if (typeof type !== 'string' || typeof key !== 'string' || typeof value !== 'string' || issues.length > 0)
    return unprocessable(...issues)

  const exists = organization.all().some((secret) => secret.key === key && secret.access_type === 'org')
  if (exists && duplicates === '409') return conflict(key)
  if (exists && duplicates === '422')
    return unprocessable({ loc: ['body', 'key'], msg: 'Secret key must be unique', type: 'value_error', input: key })
  const secret = organization.add({
    key,
    value,
    secret_type: type,
    is_sensitive: is_sensitive !== false,
    note: typeof note === 'string' ? note : null,
  })
  return ok(shown(secret))
}

/** No get, no update. A secret that is gone is forbidden, not missing (Devin's Terraform provider, 2026-06). */
function single(organization: Vault, secretId: string, { method }: ServedRequest): ServedAnswer {
  if (method !== 'DELETE') return notAllowed()
  const secret = organization.delete(secretId)
  return secret ? ok(shown(secret)) : forbidden()
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(text)
    return body !== null && typeof body === 'object' && !Array.isArray(body) ? { ...body } : null
  } catch {
    return null
  }
}
