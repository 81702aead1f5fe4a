/**
 * Cloudflare's API as far as the secrets of Workers go, as a real HTTP server on loopback (`cloudflare` 7.3.0, wrangler
 * and developers.cloudflare.com, 2026-11-28). What no document settles is a switch of `Behaviour`.
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { startEmulatorServer, type ServedAnswer, type ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { authenticationError, noRoute, ok, refused } from './answers.ts'
import { rateLimit } from './rate-limit.ts'
import { accountRoute } from './routes.ts'
import { isSecret, script, type Behaviour, type Binding } from './script.ts'
import { ACCOUNT, holderOf, TOKENS } from './tokens.ts'

export interface CloudflareWorkersEmulatorOptions extends EmulatorOptions {
  behaviour?: Partial<Behaviour>
}

export interface CloudflareWorkersEmulator extends Emulator {
  tokens: typeof TOKENS
  /** Gives the Worker of `target` any binding. */
  bind(binding: Binding): void
  /** How often that Worker was deployed. */
  deployments(): number
  /** Uploads a version without deploying it: until it is deployed, secrets can't be changed. */
  setDeployed(isDeployed: boolean): void
}

const BEHAVIOUR: Behaviour = { bulkLimit: 100, namesRefused: true, absentIsRemoved: true, anyName: true }

const PREFIX = '/client/v4'

export const lacks: readonly VendorCapability[] = ['issued tokens', 'values on request']

export async function startEmulator(
  options: CloudflareWorkersEmulatorOptions = {},
): Promise<CloudflareWorkersEmulator> {
  const worker = script('storefront')
  const scripts = new Map([worker, script('storefront-staging'), script('checkout')].map((one) => [one.name, one]))
  const behaviour = { ...BEHAVIOUR, ...options.behaviour }
  const limit = rateLimit(options.rateLimit)

  const route = (request: ServedRequest): ServedAnswer => {
    const holder = holderOf(request)
    if (!('account' in holder)) return holder
    if (request.path === `${PREFIX}/user/tokens/verify`) {
      // The path of users does not know tokens of accounts.
      if (holder.isOfAccount) return refused(401, 1000, 'Invalid API Token')
      return ok({ id: holder.id, status: holder.status })
    }
    const [, account, path = ''] = /^\/client\/v4\/accounts\/([^/]+)(\/.*)?$/.exec(request.path) ?? []
    if (account === undefined || !/^[0-9a-f]{32}$/.test(account)) return noRoute(request.path)
    if (account !== holder.account) return authenticationError(403)
    return accountRoute(path, request, holder, account === ACCOUNT ? scripts : new Map(), behaviour)
  }

  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle(request) {
      const { headers, refusal } = limit.take()
      return refusal ?? { ...route(request), headers }
    },
  })

  return {
    ...server,
    credentials: { accountId: ACCOUNT, apiToken: TOKENS.writer, instanceUrl: `${server.url}${PREFIX}` },
    target: { scriptId: worker.name },
    missingTarget: { scriptId: 'nothing' },
    tokens: TOKENS,
    contents: () => new Map([...worker.bindings.values()].filter(isSecret).map(({ name, text = '' }) => [name, text])),
    put(key, value) {
      worker.bindings.set(key, { name: key, type: 'secret_text', text: value })
    },
    remove(key) {
      worker.bindings.delete(key)
    },
    clear() {
      worker.bindings.clear()
      server.resetInFlight()
    },
    bind(binding) {
      worker.bindings.set(binding.name, binding)
    },
    deployments: () => worker.deployments,
    setDeployed(isDeployed) {
      worker.isDeployed = isDeployed
    },
    setRateLimit: limit.set,
  }
}

/** What Cloudflare does in these cases is not documented: a client has to be right either way. */
export const variants = new Map([
  [
    'names no secret when it refuses a bulk request, and refuses to remove an absent one',
    (options?: CloudflareWorkersEmulatorOptions) =>
      startEmulator({ ...options, behaviour: { namesRefused: false, absentIsRemoved: false } }),
  ],
])
