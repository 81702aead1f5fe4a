/** `Status` objects of the API server (1.20.2 and its API reference, 2026-11-28). */
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

export interface Cause {
  reason: string
  message: string
  field: string
}

interface Details {
  name?: string
  kind?: string
  causes?: readonly Cause[]
  retryAfterSeconds?: number
}

export const failure = (code: number, reason: string, message: string, details?: Details): ServedAnswer => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code },
})

export const unauthorized = (): ServedAnswer => failure(401, 'Unauthorized', 'Unauthorized')

export const notFound = (kind: 'secrets' | 'namespaces' | 'serviceaccounts', name: string): ServedAnswer =>
  failure(404, 'NotFound', `${kind} "${name}" not found`, { name, kind })

/** A path that this server doesn't serve. */
export const noSuchPath = (): ServedAnswer => ({ status: 404, body: '404 page not found\n' })

export const alreadyExists = (name: string): ServedAnswer =>
  failure(409, 'AlreadyExists', `secrets "${name}" already exists`, { name, kind: 'secrets' })

/** The object changed since the `resourceVersion` that was sent. */
export const modified = (name: string): ServedAnswer =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on secrets "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { name, kind: 'secrets' },
  )

/** An apply without `force` of fields that other managers own with other values. */
export function applyConflict(conflicts: readonly { manager: string; field: string }[]): ServedAnswer {
  const causes = conflicts.map(({ manager, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}" using v1`,
    field: `.${field}`,
  }))
  const list = causes.map(({ message, field }) => `${message}: ${field}`)
  const message = `Apply failed with ${list.length} conflict${list.length === 1 ? `: ${list[0]}` : `s: ${list.map((line) => `\n- ${line}`).join('')}`}`
  return failure(409, 'Conflict', message, { causes })
}

export const badRequest = (message: string): ServedAnswer => failure(400, 'BadRequest', message)

export const invalid = (name: string, causes: readonly Cause[]): ServedAnswer => {
  const list = causes.map(({ field, message }) => `${field}: ${message}`)
  const words = list.length === 1 ? list[0] : `[${list.join(', ')}]`
  return failure(422, 'Invalid', `Secret "${name}" is invalid: ${words}`, { name, kind: 'Secret', causes })
}
