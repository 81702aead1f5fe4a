/** Cloudflare's envelope of every answer (`cloudflare` 7.3.0, 2026-11-28). */
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

export const ok = (result: unknown, more: Record<string, unknown> = {}): ServedAnswer => ({
  status: 200,
  body: { success: true, errors: [], messages: [], result, ...more },
})

export const refused = (
  status: number,
  code: number,
  message: string,
  details: Record<string, unknown> = {},
): ServedAnswer => ({
  status,
  body: { success: false, errors: [{ code, message, ...details }], messages: [], result: null },
})

export const authenticationError = (status: 401 | 403): ServedAnswer => refused(status, 10_000, 'Authentication error')
export const malformedToken = (): ServedAnswer =>
  refused(400, 6003, 'Invalid request headers', {
    error_chain: [{ code: 6111, message: 'Invalid format for Authorization header' }],
  })
export const noRoute = (path: string): ServedAnswer =>
  refused(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`)
export const noScript = (): ServedAnswer => refused(404, 10_007, 'This Worker does not exist on your account.')
export const nameInUse = (name: string): ServedAnswer =>
  refused(400, 10_053, `Binding name '${name}' already in use. Please use a different name and try again.`)
export const noBinding = (name: string): ServedAnswer => refused(404, 10_056, `Binding '${name}' not found.`)
export const tooLarge = (name: string): ServedAnswer =>
  refused(400, 10_054, `workers.api.error.text_binding_too_large: '${name}' must be 5 kB or less`)
export const notDeployed = (): ServedAnswer =>
  refused(
    400,
    10_215,
    "Secret edit failed. You attempted to modify a secret, but the latest version of your Worker isn't currently deployed.",
  )
