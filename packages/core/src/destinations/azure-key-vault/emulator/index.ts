/**
 * A vault of Azure Key Vault as far as secrets go, with the token endpoint of its tenant, as one real HTTP server on
 * loopback (Azure's REST reference, its own client and public issues, 2026-11-28). What is not settled is a variant.
 */
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { startEmulatorServer, type ServedAnswer, type ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { badParameter, refuse, throttled } from './answers.ts'
import { selfSignedCertificate, type CertificatePair } from './certificate.ts'
import { throughput } from './limits.ts'
import { answer, callOf, rightFor, type Vault } from './routes.ts'
import { createSecrets, currentVersion, type NewVersion, type Secret } from './secrets.ts'
import { createTenant, RESOURCE, type App, type Right, type Tenant } from './tenant.ts'

export interface KeyVaultEmulatorOptions extends EmulatorOptions {
  /** How many calls about a name meet a delete, a recovery or a purge that is not done. Default 0. */
  settleAfter?: number
  /** False: a vault from before 2020, which deletes at once. Default true. */
  hasBin?: boolean
  /** Default false. */
  sparsePages?: boolean
  /** Default false. */
  refusesEmpty?: boolean
}

export interface KeyVaultEmulator extends Emulator {
  tenantId: string
  /** The credential in `credentials` is the officer's. */
  apps: Tenant['apps']
  /** Gives the officer a certificate beside its secret. */
  certificate(): Promise<CertificatePair>
  /** Everything in the vault and in its bin. */
  secrets(): Secret[]
  /** Adds a version to a secret, or a secret; `isManaged` makes it a certificate's. */
  plant(secret: { name: string; isManaged?: boolean } & Partial<NewVersion>): void
  /** Makes all tokens too old. */
  expireTokens(): void
  /** Closes the vault's firewall to us. */
  setFirewall(isClosed: boolean): void
}

export async function startEmulator(options: KeyVaultEmulatorOptions = {}): Promise<KeyVaultEmulator> {
  const tenant = createTenant()
  const secrets = createSecrets(options.settleAfter ?? 0)
  const hasBin = options.hasBin ?? true
  const vault: Vault = {
    secrets,
    recovery: hasBin
      ? { recoveryLevel: 'Recoverable+Purgeable', recoverableDays: 90 }
      : { recoveryLevel: 'Purgeable', recoverableDays: 0 },
    sparsePages: options.sparsePages ?? false,
    refusesEmpty: options.refusesEmpty ?? false,
  }
  let takes = throughput(options.rateLimit)
  let isClosed = false

  const handle = async (request: ServedRequest): Promise<ServedAnswer> => {
    const origin = `http://${request.headers.host}`
    if (isTokenCall(request.path)) return tenant.token(request, origin)
    const call = callOf(request, origin)
    if (!call) return badParameter('The request URI is not one of this vault')
    const holder = tenant.holderOf(request.headers.authorization)
    if (typeof holder === 'string') return unauthorized(holder, tenant)
    if (isClosed) return closed(holder)
    const right = rightFor(call)
    if (!holder.rights.includes(right)) return forbidden(holder, right)
    if (!takes(request.method === 'PUT')) return throttled()
    return answer(vault, call)
  }
  const server = await startEmulatorServer({ port: options.port, latencyMs: options.latencyMs, handle })

  const plant: KeyVaultEmulator['plant'] = ({ name, isManaged = false, value = 'planted', ...version }) => {
    const there = secrets.meet(name)
    // A person in the portal recovers first.
    if (there) Object.assign(there, { isDeleted: false, transition: null })
    secrets.set(name, { ...version, value }).isManaged = isManaged
  }
  const { officer } = tenant.apps

  return {
    ...server,
    credentials: {
      tenantId: tenant.tenantId,
      clientId: officer.clientId,
      clientSecret: officer.clientSecret,
      authorityHost: server.url,
    },
    target: { vaultBaseUrl: server.url },
    missingTarget: { vaultBaseUrl: 'https://nothing.vault.azure.net' },
    tenantId: tenant.tenantId,
    apps: tenant.apps,
    async certificate() {
      const pair = await selfSignedCertificate('Keyferry')
      tenant.trust(officer, pair.certificateBody)
      return pair
    },
    secrets: secrets.all,
    plant,
    expireTokens: tenant.expireTokens,
    setFirewall(closing) {
      isClosed = closing
    },
    contents: () =>
      new Map(
        secrets
          .all()
          .filter(({ isDeleted, isManaged }) => !isDeleted && !isManaged)
          .map((secret) => [secret.name, currentVersion(secret).value]),
      ),
    put: (key, value) => plant({ name: key, value }),
    remove(key) {
      const secret = secrets.meet(key)
      if (secret && !secret.isDeleted) secrets.delete(secret)
    },
    clear() {
      secrets.clear()
      server.resetInFlight()
    },
    setRateLimit(limit) {
      takes = throughput(limit)
    },
    isWrite: (method, path) => method !== 'GET' && !isTokenCall(path),
  }
}

export const variants = new Map([
  [
    'deletes and recovers slowly, ends pages early and refuses empty values',
    (options?: KeyVaultEmulatorOptions) =>
      startEmulator({ ...options, settleAfter: 2, sparsePages: true, refusesEmpty: true }),
  ],
])

const isTokenCall = (path: string): boolean => /^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path)

/** The challenge names the tenant and the resource, which Azure's own clients take their token's scope from. */
function unauthorized(reason: 'missing' | 'expired' | 'audience', { tenantId }: Tenant): ServedAnswer {
  const message = {
    missing: 'AKV10000: Request is missing a Bearer or PoP token.',
    expired: 'AKV10140: The token has expired.',
    audience: 'AKV10022: Invalid audience. Expected https://vault.azure.net.',
  }[reason]
  const challenge = `Bearer authorization="https://login.microsoftonline.com/${tenantId}", resource="${RESOURCE}"`
  return refuse(401, 'Unauthorized', message, { headers: { 'www-authenticate': challenge } })
}

const forbidden = ({ clientId }: App, right: Right): ServedAnswer =>
  refuse(
    403,
    'Forbidden',
    `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=${clientId}\r\nAction: 'Microsoft.KeyVault/vaults/secrets/${right}'\r\nAssignment: (not found)\r\nVault: keyferry;location=westeurope`,
    { inner: 'ForbiddenByRbac' },
  )

const closed = ({ clientId }: App): ServedAnswer =>
  refuse(
    403,
    'Forbidden',
    `Client address is not authorized and caller is not a trusted service.\r\nClient address: 203.0.113.7\r\nCaller: appid=${clientId}\r\nVault: keyferry;location=westeurope`,
    { inner: 'ForbiddenByFirewall' },
  )
