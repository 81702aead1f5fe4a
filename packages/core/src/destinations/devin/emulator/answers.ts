/**
 * Devin's answers: errors are ProblemDetail as plain JSON (OpenAPI document in Devin's Terraform provider, newer than
 * June 2026).
 */
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

export const ok = (body: unknown): ServedAnswer => ({ status: 200, body })

export const problem = (
  status: number,
  title: string,
  detail: string,
  errors: readonly Issue[] | null = null,
): ServedAnswer => ({
  status,
  body: { type: 'about:blank', title, status, detail, instance: null, errors, error_code: null },
})

export interface Issue {
  loc: readonly (string | number)[]
  msg: string
  type: string
  /** FastAPI echoes what was sent, so an answer may carry a value. */
  input?: unknown
}

export const unauthorized = (): ServedAnswer => problem(401, 'Unauthorized', 'Invalid authentication credentials')
export const forbidden = (): ServedAnswer =>
  problem(403, 'Forbidden', 'You do not have permission to perform this action')
export const notFound = (): ServedAnswer => problem(404, 'Not Found', 'Not Found')
export const notAllowed = (): ServedAnswer => problem(405, 'Method Not Allowed', 'Method Not Allowed')
export const conflict = (key: string): ServedAnswer => problem(409, 'Conflict', `Secret with key ${key} already exists`)
export const tooMany = (): ServedAnswer => problem(429, 'Too Many Requests', 'Rate limit exceeded')
export const unprocessable = (...issues: readonly Issue[]): ServedAnswer =>
  problem(422, 'Unprocessable Content', 'Validation failed', issues)
