/**
 * Example Provider as a real HTTP server on loopback. Write what is known of the vendor here, with source and date,
 * quirks included; where no document says what it does, export `variants`, one emulator for each way it may behave.
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { bucket } from '../../shared/emulators/emulator-bucket.ts'
import { startEmulatorServer, type ServedAnswer, type ServedRequest } from '../../shared/emulators/emulator-server.ts'

const TOKEN = 'example-vendor-emulator-token'
const APP = 'app-1'
const PAGE = 100
const RATE_LIMIT = { burst: 100, refill: 100, intervalMs: 10_000 }

export const lacks: readonly VendorCapability[] = ['issued tokens', 'values on request']

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const variables = new Map<string, string>()
  let limit = bucket(options.rateLimit, RATE_LIMIT)
  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle(request) {
      if (request.headers.authorization !== `Bearer ${TOKEN}`) return problem(401, 'unauthorized')
      if (!limit.take()) return problem(429, 'too_many_requests')
      if (request.method === 'GET' && request.path === '/v1/me') return { status: 200, body: { name: 'Acme' } }
      const [, app, name] = /^\/v1\/apps\/([^/]+)\/variables(?:\/([^/]+))?$/.exec(request.path) ?? []
      if (app !== APP) return problem(404, 'app_not_found')
      return name === undefined ? list(variables, request) : one(variables, decodeURIComponent(name), request)
    },
  })
  return {
    ...server,
    credentials: { apiToken: TOKEN, instanceUrl: server.url },
    target: { app: APP },
    missingTarget: { app: 'nothing' },
    contents: () => new Map(variables),
    put: (key, value) => void variables.set(key, value),
    remove: (key) => void variables.delete(key),
    clear() {
      variables.clear()
      server.resetInFlight()
    },
    setRateLimit(given) {
      limit = bucket(given, RATE_LIMIT)
    },
  }
}

const problem = (status: number, code: string): ServedAnswer => ({ status, body: { code, message: code } })

function list(variables: ReadonlyMap<string, string>, { method, query }: ServedRequest): ServedAnswer {
  if (method !== 'GET') return problem(405, 'method_not_allowed')
  const number = Number(query.get('page') ?? 1)
  const rows = [...variables].slice((number - 1) * PAGE, number * PAGE)
  const body = {
    variables: rows.map(([name, value]) => ({ name, value })),
    nextPage: variables.size > number * PAGE ? number + 1 : null,
  }
  return { status: 200, body }
}

function one(variables: Map<string, string>, name: string, { method, text }: ServedRequest): ServedAnswer {
  if (method === 'DELETE') return variables.delete(name) ? { status: 204 } : problem(404, 'variable_not_found')
  if (method !== 'PUT') return problem(405, 'method_not_allowed')
  const body: unknown = JSON.parse(text)
  const value = body !== null && typeof body === 'object' && 'value' in body ? body.value : undefined
  if (typeof value !== 'string') return problem(400, 'value_missing')
  variables.set(name, value)
  return { status: 200, body: { name } }
}
